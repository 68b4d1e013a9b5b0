"""docker-compose.yml: each service has what it needs and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from credigestor.postgres import postmaster, roles

SERVICES: dict[str, Any] = yaml.safe_load(
    Path(__file__).parents[1].joinpath("docker-compose.yml").read_text("utf-8")
)["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_read_only_without_capabilities_and_within_limits(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    needed = {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"} if name == "db" else set()
    assert set(service.get("cap_add", ())) == needed


def test_the_app_connects_as_a_role_that_is_no_superuser_once_it_is_made() -> None:
    assert SERVICES["db"]["environment"]["POSTGRES_USER"] == roles.SUPERUSER
    for name in ("app", "backup"):
        service = SERVICES[name]
        assert service["environment"]["DATABASE_URL"].startswith(f"postgresql://{roles.NAME}@")
        assert service["depends_on"] == {"roles": {"condition": "service_completed_successfully"}}
        assert not [volume for volume in service["volumes"] if volume.startswith("socket:")]


def test_its_server_logs_no_more_of_people_than_the_embedded_one() -> None:
    said = [part.removeprefix("-c") for part in SERVICES["db"]["command"][1:]]
    assert {f"{name}={value}" for name, value in postmaster.TERSE.items()} == set(said)
