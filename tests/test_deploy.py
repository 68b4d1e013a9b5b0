"""The files in deploy/ are what their programs read, where those are installed, and what we say."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values

from credigestor.config import Config
from credigestor.web.cookies import set_cookie
from tests.postgres.servers import wait_for

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
NGINX = (DEPLOY / "nginx" / "credigestor.conf").read_text("utf-8")
HAPROXY = (DEPLOY / "haproxy" / "haproxy.cfg").read_text("utf-8")


#: Where a proxy under test listens.
HTTPS = 18443


def installed(program: str) -> str:
    """Where a program is; skips where it is not installed."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def listens(port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


def run(program: str, *arguments: str | Path) -> None:
    """Let a program judge its file; skips where it is not installed."""
    said = subprocess.run(
        [installed(program), *arguments], capture_output=True, text=True, check=False
    )
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


def nginx_at(folder: Path, shops: str) -> Path:
    """The whole configuration, for whoever may listen on no port of the system's."""
    upstream = folder / "upstream.conf"
    upstream.write_text(shops)
    site = (
        NGINX.replace("/etc/nginx/credigestor-upstream.conf", str(upstream))
        .replace("/etc/ssl/private/loja.example.com.key", str(folder / "key.pem"))
        .replace("/etc/ssl/loja.example.com.pem", str(folder / "cert.pem"))
        .replace("listen 80;", "listen 127.0.0.1:18080;")
        .replace("listen 443 ssl;", f"listen 127.0.0.1:{HTTPS} ssl;")
    )
    whole = folder / "nginx.conf"
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{name}_temp_path {folder / name};" for name in paths)
    whole.write_text(
        f"pid {folder}/pid; error_log {folder}/error.log; events {{}}"
        f" http {{ access_log off; {temporary} {site} }}"
    )
    return whole


def haproxy_at(folder: Path) -> Path:
    """The same for HAProxy."""
    whole = folder / "haproxy.cfg"
    told = HAPROXY.replace("/etc/haproxy/loja.example.com.pem", str(folder / "both.pem"))
    told = told.replace("bind :80", "bind 127.0.0.1:18080")
    whole.write_text(told.replace("bind :443", f"bind 127.0.0.1:{HTTPS}"))
    return whole


@pytest.mark.parametrize("shops", ["credigestor-upstream.conf", "lojas-upstream.conf"])
def test_nginx_takes_its_files(shops: str, certificate: Path) -> None:
    whole = nginx_at(certificate, (DEPLOY / "nginx" / shops).read_text("utf-8"))
    run("nginx", "-t", "-p", certificate, "-c", whole)


def test_haproxy_takes_its_files(certificate: Path) -> None:
    whole = haproxy_at(certificate)
    shops, postgres = DEPLOY / "haproxy" / "lojas.cfg", DEPLOY / "patroni" / "postgres.cfg"
    run("haproxy", "-c", "-q", "-f", whole, "-f", shops, "-f", postgres)


class Named(BaseHTTPRequestHandler):
    """A shop's process, which tells its port."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        assert isinstance(self.server, ThreadingHTTPServer)
        self.wfile.write(str(self.server.server_port).encode())

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def processes() -> Iterator[dict[str, str]]:
    """Two shops' processes, at ports of their own, by those that the files name."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Named) for _ in range(2)]
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    first, second = (str(server.server_port) for server in servers)
    yield {"8501": first, "8502": first, "8503": second}
    for server in servers:
        server.shutdown()
        server.server_close()


def answer(host: str) -> bytes:
    """What the proxy has to say to a browser at that name."""
    trusting = ssl._create_unverified_context()
    connection = HTTPSConnection("127.0.0.1", HTTPS, timeout=5, context=trusting)
    connection.request("GET", "/", headers={"Host": host})
    return connection.getresponse().read()


@pytest.mark.parametrize("proxy", ["nginx", "haproxy"])
def test_a_proxy_takes_each_name_to_its_shop(
    proxy: str, certificate: Path, processes: dict[str, str]
) -> None:
    def at_ports(told: str) -> str:
        return re.sub(r"127\.0\.0\.1:(850\d)", lambda m: f"127.0.0.1:{processes[m[1]]}", told)

    if proxy == "nginx":
        shops = at_ports((DEPLOY / "nginx" / "lojas-upstream.conf").read_text("utf-8"))
        files: tuple[str | Path, ...] = (
            *("-p", certificate, "-c", nginx_at(certificate, shops)),
            *("-g", "daemon off;"),
        )
    else:
        whole, other = haproxy_at(certificate), certificate / "lojas.cfg"
        whole.write_text(at_ports(whole.read_text()))
        other.write_text(at_ports((DEPLOY / "haproxy" / "lojas.cfg").read_text("utf-8")))
        files = ("-db", "-f", whole, "-f", other)
    certificate.chmod(0o755)
    with subprocess.Popen([installed(proxy), *files], stderr=subprocess.DEVNULL) as running:
        try:
            wait_for(lambda: listens(HTTPS))
            for host in ("loja.example.com", f"loja.example.com:{HTTPS}", "outra.example.com"):
                assert answer(host) == processes["8501"].encode(), host
            for host in ("loja-b.example.com", f"LOJA-B.example.com:{HTTPS}"):
                assert answer(host) == processes["8503"].encode(), host
        finally:
            running.terminate()


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
    assert "path /metrics" in HAPROXY


def test_another_shop_has_the_same_name_port_and_schema_in_every_file() -> None:
    variables = dotenv_values(DEPLOY / "systemd" / "8503.env", interpolate=False)
    config = Config.model_validate(variables)
    [host] = config.host_names
    upstreams = (DEPLOY / "nginx" / "lojas-upstream.conf").read_text("utf-8")
    assert f"    {host} {config.schema_name};" in upstreams
    nginx = re.search(rf"upstream {config.schema_name} {{[^}}]*127.0.0.1:8503 ", upstreams)
    backend = (DEPLOY / "haproxy" / "lojas.cfg").read_text("utf-8")
    assert nginx is not None
    assert f"backend {host}\n" in backend
    assert f"hdr Host {host}\n" in backend
    assert "127.0.0.1:8503 " in backend
    # The name alone, without the port that a browser may write, chooses among the backends.
    assert "use_backend %[req.hdr(host),field(1,:),lower]\n" in HAPROXY
    # What another shop of the server has is never taken for this one's.
    common = Config.model_validate(dotenv_values(DEPLOY / "systemd" / "loja.env"))
    for name in ("database_url", "schema_name", "hosts", "data_dir", "backup_folder"):
        assert getattr(common, name) != getattr(config, name), name


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


PATRONI = (DEPLOY / "patroni" / "patroni.yml").read_text("utf-8")


def test_patroni_loses_nothing_that_was_acknowledged_and_fits_its_own_clock() -> None:
    told = yaml.safe_load(PATRONI)
    shared = told["bootstrap"]["dcs"]
    assert shared["synchronous_mode"] is True
    assert told["watchdog"]["mode"] == "required"
    # Patroni's own rule: who does not hear of etcd in time has given up before its key ends.
    assert shared["loop_wait"] + 2 * shared["retry_timeout"] <= shared["ttl"]
    assert told["watchdog"]["safety_margin"] < shared["ttl"] - shared["loop_wait"]


def test_patroni_etcd_haproxy_and_the_shop_name_the_same_servers() -> None:
    told = yaml.safe_load(PATRONI)
    etcd = dotenv_values(DEPLOY / "patroni" / "etcd.env")
    members = dict(each.split("=") for each in str(etcd["ETCD_INITIAL_CLUSTER"]).split(","))
    assert members[str(etcd["ETCD_NAME"])] == etcd["ETCD_INITIAL_ADVERTISE_PEER_URLS"]
    assert told["etcd3"]["hosts"].split(",") == [
        url.removeprefix("http://").replace(":2380", ":2379") for url in members.values()
    ]
    haproxy = (DEPLOY / "patroni" / "postgres.cfg").read_text("utf-8")
    servers = dict(re.findall(r"^    server (\w+) (\S+)$", haproxy, flags=re.MULTILINE))
    assert servers[told["name"]] == told["postgresql"]["connect_address"]
    [port] = re.findall(r"check port (\d+) ", haproxy)
    assert told["restapi"]["connect_address"].endswith(f":{port}")
    url = dotenv_values(DEPLOY / "systemd" / "loja.env")["DATABASE_URL"]
    [(role, database)] = re.findall(r"//(\w+):.*/(\w+)$", str(url))
    assert f"host {database} {role} " in PATRONI
    most = told["bootstrap"]["dcs"]["postgresql"]["parameters"]["max_connections"]
    assert int(re.findall(r"maxconn (\d+)", haproxy)[0]) <= most
    server_guide = (ROOT / "docs" / "servidor.md").read_text("utf-8")
    for word in ("ttl", "loop_wait", "retry_timeout"):
        assert f"`{word}: {told['bootstrap']['dcs'][word]}`" in server_guide


def test_patroni_takes_its_file(tmp_path: Path) -> None:
    """It asks whether etcd answers: somebody does. And whose binaries there are: any will do."""
    program = installed("patroni")
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        pytest.skip("no PostgreSQL of the system's")
    with socket.create_server(("127.0.0.1", 0)) as etcd:
        told = yaml.safe_load(PATRONI)
        told["etcd3"]["hosts"] = f"127.0.0.1:{etcd.getsockname()[1]}"
        told["restapi"]["listen"] = "127.0.0.1:18008"
        told["postgresql"] |= {
            "listen": "127.0.0.1:15432",
            "data_dir": str(tmp_path / "loja"),
            "bin_dir": str(binaries[-1]),
        }
        whole = tmp_path / "config.yml"
        whole.write_text(yaml.safe_dump(told))
        said = subprocess.run(
            [program, "--validate-config", whole], capture_output=True, text=True, check=False
        )
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
