# CrediGestor: `make run` and `make test` do all the set-up; `make help` lists the rest.

VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8501
WORKERS ?= 3
# Percent of the package's lines that all tests but the browser's run: no change may lower it.
COVERAGE_FLOOR := 94
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	&& { echo $$p; break; }; done)

# Days and hours (UTC) of another month, year or date than in the shop, of no work, and far off.
DAYS ?= 2026-12-31T23:50 2027-01-31T01:00 2028-02-29T02:30 2027-03-07T12:00 2027-04-21T02:55 \
	2031-11-29T18:00

# What Python has compiled is kept, whatever the environment says: each process would do it again.
export PYTHONDONTWRITEBYTECODE :=

# uv takes a fifth of pip's time; pip takes over where uv cannot, as with an index that only pip knows.
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) || $(PIP) -r $(1)
MEASURED := .coverage.json
PYTEST = $(if $(COVERAGE),-m slipcover --source credigestor --json --out $(MEASURED)) \
	-m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Apart from the measuring, which with a floor of its own forgets what the workers measured.
FLOOR = $(if $(COVERAGE),$(BIN)/python -m slipcover --merge $(MEASURED) --out $(MEASURED) --skip-covered \
	--fail-under $(COVERAGE_FLOOR))

# Examples an operation.
EXAMPLES ?= 300

.PHONY: help run test test-days faults api-fuzz bench lint format lock clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.installed  ## Start the app at http://localhost:8501 (PORT=, HOST=)
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.address $(HOST)

test: $(VENV)/.installed-dev  ## Run all tests (browser tests skip where there is no Chromium; COVERAGE=1)
	$(BIN)/python $(PYTEST) $(ARGS)
	$(FLOOR)

test-days: $(VENV)/.installed-dev  ## Run all tests but the browser's on other days (DAYS=, ARGS=)
	$(BIN)/python -m tests.days "$(DAYS)" $(PYTEST) --ignore=tests/browser $(ARGS)
	$(FLOOR)

faults: $(VENV)/.installed-dev  ## Kills, stuck locks, full disks, planted corruptions, twenty shops, at full length (ARGS=)
	CREDIGESTOR_FAULTS=1 $(BIN)/python -m pytest tests/faults tests/db/test_many_shops.py $(ARGS)

api-fuzz: $(VENV)/.installed-dev  ## Try the API, on a made-up shop, with what its document allows and forbids (EXAMPLES=)
	CREDIGESTOR_API_FUZZ=$(EXAMPLES) $(BIN)/python -m pytest tests/api/test_fuzz.py $(ARGS)

bench: $(VENV)/.installed-dev  ## Time everything at 50 k, 500 k and 1 M notes (keeps them in .bench)
	$(BIN)/python -m benchmarks $(ARGS)

lint: $(VENV)/.installed-dev  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev  ## Let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/.installed-dev  ## Renew the pinned, hashed requirements from *.in
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
		requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
		requirements-dev.in -o requirements-dev.txt

clean:  ## Remove the virtual environment and caches; the shop's data in .data stays
	rm -rf $(VENV) $(MEASURED) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.created:
	@test -n "$(PYTHON)" || { echo "É preciso ter Python 3.11 ou mais novo." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "O módulo venv do Python está incompleto (no Debian/Ubuntu: apt install python3-venv)." >&2; \
		exit 1; }
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt >$(VENV)/uv.txt
	@$(PIP) -r $(VENV)/uv.txt || echo "uv fica de fora; o pip instala."
	@touch $@

$(VENV)/.installed: $(VENV)/.created requirements.txt
	$(call INSTALL,requirements.txt)
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(call INSTALL,requirements-dev.txt)
	@touch $@
