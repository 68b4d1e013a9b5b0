"""The files in deploy/ are what their programs read, where those are installed, and what we say."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from credigestor.config import Config
from credigestor.web.cookies import set_cookie

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
NGINX = (DEPLOY / "nginx" / "credigestor.conf").read_text("utf-8")


def run(program: str, *arguments: str | Path) -> None:
    """Let a program judge its file; skips where it is not installed."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if found is None:
        pytest.skip(f"{program} is not installed")
    said = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of our own and its key, each in a file and both in one."""
    names = ("cert.pem", "key.pem", "both.pem")
    cert, key, both = (tmp_path / name for name in names)
    run(
        "openssl",
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
        *("-keyout", key, "-out", cert),
    )
    both.write_text(cert.read_text() + key.read_text())
    return tmp_path


def test_nginx_takes_its_file(certificate: Path) -> None:
    upstream = DEPLOY / "nginx" / "credigestor-upstream.conf"
    site = (
        NGINX.replace("/etc/nginx/credigestor-upstream.conf", str(upstream))
        .replace("/etc/ssl/private/loja.example.com.key", str(certificate / "key.pem"))
        .replace("/etc/ssl/loja.example.com.pem", str(certificate / "cert.pem"))
        .replace("listen 80;", "listen 127.0.0.1:18080;")
        .replace("listen 443 ssl;", "listen 127.0.0.1:18443 ssl;")
    )
    whole = certificate / "nginx.conf"
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{name}_temp_path {certificate / name};" for name in paths)
    whole.write_text(
        f"pid {certificate}/pid; error_log {certificate}/error.log; events {{}}"
        f" http {{ access_log off; {temporary} {site} }}"
    )
    run("nginx", "-t", "-p", certificate, "-c", whole)


def test_haproxy_takes_its_file(certificate: Path) -> None:
    told = (DEPLOY / "haproxy" / "haproxy.cfg").read_text("utf-8")
    whole = certificate / "haproxy.cfg"
    whole.write_text(
        told.replace("/etc/haproxy/loja.example.com.pem", str(certificate / "both.pem"))
    )
    run("haproxy", "-c", "-q", "-f", whole)


@pytest.mark.parametrize("schema", ["credigestor", "loja_b"])
def test_nginx_keeps_a_browser_with_a_process_by_the_cookie_that_we_set(
    schema: str, configured: Callable[..., None]
) -> None:
    configured(CREDIGESTOR_BEHIND_PROXY="true", CREDIGESTOR_SCHEMA=schema)
    name, value = set_cookie("a_value-of-43").partition(";")[0].split("=")
    [pattern] = re.findall(r'"~(.+)" \$credigestor_value;', NGINX)
    for header in (f"{name}={value}", f"a=1; {name}={value}", f"a={name}; {name}={value}; b=2"):
        found = re.search(pattern.replace("?<", "?P<"), header)
        assert found is not None
        assert found["credigestor_value"] == value
    assert re.search(pattern.replace("?<", "?P<"), f"x{name}={value}") is None


def test_both_proxies_let_a_backup_through_and_hide_what_is_measured() -> None:
    [limit] = re.findall(r"client_max_body_size (\d+)m;", NGINX)
    streamlit = (ROOT / ".streamlit" / "config.toml").read_text("utf-8")
    [largest] = re.findall(r"maxUploadSize = (\d+)", streamlit)
    assert int(limit) > int(largest)
    assert "location = /metrics" in NGINX
    assert "path /metrics" in (DEPLOY / "haproxy" / "haproxy.cfg").read_text("utf-8")


def test_the_replicas_listen_to_the_proxy_alone_and_mount_what_is_there() -> None:
    told = (DEPLOY / "compose" / "replicas.yml").read_text("utf-8")
    # A word of Docker's: what the other file says there is left out.
    services: dict[str, Any] = yaml.safe_load(told.replace("!reset ", ""))["services"]
    assert services["app"]["ports"] == []
    assert services["app"]["deploy"]["replicas"] == 2
    for volume in services["proxy"]["volumes"]:
        if volume.startswith("./"):
            assert (ROOT / volume.split(":")[0]).is_file()


def test_each_variable_in_the_files_is_one_of_ours() -> None:
    known = {str(field.validation_alias) for field in Config.model_fields.values()}
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            told = re.findall(
                r"\b(?:CREDIGESTOR_[A-Z_]+|DATABASE_[A-Z_]+)\b", path.read_text("utf-8")
            )
            assert set(told) - {"CREDIGESTOR_CERTIFICATES"} <= known, path


def test_systemd_takes_its_unit(tmp_path: Path) -> None:
    told = (DEPLOY / "systemd" / "credigestor@.service").read_text("utf-8")
    unit = tmp_path / "credigestor@8501.service"
    here = {"/opt/credigestor/.venv/bin/streamlit": "/bin/true", "User=credigestor": "User=root"}
    for there, ours in here.items():
        told = told.replace(there, ours)
    unit.write_text(told)
    run("systemd-analyze", "verify", unit)
