"""The only reader of the environment; README's table of variables is tested against this."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

#: One of several servers in a URL, with its port if that is not PostgreSQL's own.
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?")


class Config(BaseSettings):
    """Configuration of one process, each field an environment variable (case ignored)."""

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)

    #: A PostgreSQL server to use instead of the embedded one (postgresql://user:pass@host/db).
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    #: What stands before that server: nothing that matters, or a pooler that lends a connection
    #: for a transaction alone (PgBouncer's `pool_mode = transaction`).
    database_pooler: Literal["none", "transaction"] = Field(
        default="none", validation_alias="DATABASE_POOLER"
    )
    #: The same database past the pooler, for what holds a connection longer.
    database_direct_url: str | None = Field(default=None, validation_alias="DATABASE_DIRECT_URL")
    #: A standby that follows that server, itself and not past a pooler: for exports, checks and
    #: analytics.
    database_read_url: str | None = Field(default=None, validation_alias="DATABASE_READ_URL")
    #: Most connections that one process opens.
    connections: int = Field(default=50, ge=2, le=1000, validation_alias="CREDIGESTOR_CONNECTIONS")
    #: Schema that holds the shop.
    schema_name: str = Field(
        default="credigestor",
        validation_alias="CREDIGESTOR_SCHEMA",
        pattern=r"^[a-z_][a-z0-9_]{0,62}$",
    )
    #: Folder of the embedded server's data; by default beside the code, wherever the command is
    #: run from.
    data_dir: Path = Field(
        default=Path(__file__).resolve().parents[1] / ".data",
        validation_alias="CREDIGESTOR_DATA_DIR",
    )
    #: What Prometheus must send as a bearer token to read /metrics; without it only programs of
    #: this machine may.
    metrics_token: SecretStr | None = Field(
        default=None, validation_alias="CREDIGESTOR_METRICS_TOKEN"
    )
    #: How the log is written: lines for people, or JSON for programs.
    log_format: Literal["text", "json"] = Field(
        default="text", validation_alias="CREDIGESTOR_LOG_FORMAT"
    )
    #: Host names, beside localhost and IP addresses, under which browsers reach the app.
    hosts: str = Field(default="", validation_alias="CREDIGESTOR_HOSTS")
    #: Set when a trusted HTTPS proxy stands in front: cookies become Secure and the
    #: visitor's address is read from the last X-Forwarded-For entry.
    behind_proxy: bool = Field(default=False, validation_alias="CREDIGESTOR_BEHIND_PROXY")

    #: Web sites whose scripts may call the API, comma-separated (https://loja.example.com).
    api_origins: str = Field(default="", validation_alias="CREDIGESTOR_API_ORIGINS")
    #: Calls a minute to the API: of each login or key, of each address, and of an address by who
    #: is nobody yet; 0 counts none.
    api_per_caller: int = Field(default=600, ge=0, validation_alias="CREDIGESTOR_API_PER_CALLER")
    api_per_address: int = Field(default=1200, ge=0, validation_alias="CREDIGESTOR_API_PER_ADDRESS")
    api_per_stranger: int = Field(default=60, ge=0, validation_alias="CREDIGESTOR_API_PER_STRANGER")

    #: Folder of the backups; `backups` in the data folder where it is not set. Processes of one
    #: shop on several machines need one that they share.
    backup_folder: Path | None = Field(default=None, validation_alias="CREDIGESTOR_BACKUP_FOLDER")
    #: Passphrase of the automatic backups; without it they are not encrypted.
    backup_passphrase: SecretStr | None = Field(
        default=None, validation_alias="CREDIGESTOR_BACKUP_PASSPHRASE"
    )
    #: Whether app processes make the daily backup; off where something else does (cron).
    automatic_backup: bool = Field(default=True, validation_alias="CREDIGESTOR_AUTOMATIC_BACKUP")
    #: Hour of the shop's clock at which the weekly verification of a backup runs; without it right
    #: after the day's backup. And for how many minutes it may go on.
    verify_hour: int | None = Field(
        default=None, ge=0, le=23, validation_alias="CREDIGESTOR_VERIFY_HOUR"
    )
    verify_minutes: int = Field(default=180, ge=1, validation_alias="CREDIGESTOR_VERIFY_MINUTES")

    #: Folder whose files are imported as they appear; none is watched where it is not set.
    import_folder: Path | None = Field(default=None, validation_alias="CREDIGESTOR_IMPORT_FOLDER")
    #: Name of the kept reading of those files; without it they must be called as ours are.
    import_mapping: str = Field(default="", validation_alias="CREDIGESTOR_IMPORT_MAPPING")

    #: Who reads the API's documentation: who is logged in, or anybody who reaches the server.
    api_docs: Literal["login", "public"] = Field(
        default="login", validation_alias="CREDIGESTOR_API_DOCS"
    )
    #: Whether webhooks may go by http and into one's own network (loopback, private addresses).
    webhook_private: bool = Field(default=False, validation_alias="CREDIGESTOR_WEBHOOK_PRIVATE")

    @field_validator("import_folder", mode="before")
    @classmethod
    def _is_a_folder(cls, value: str | Path | None) -> Path | None:
        return Path(value).absolute() if value else None  # "" is no folder, and not this one

    @field_validator("database_url", "database_direct_url", "database_read_url")
    @classmethod
    def _use_psycopg(cls, value: str | None, info: ValidationInfo) -> str | None:
        if not value:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
            raise ValueError("não é um endereço do PostgreSQL, como postgresql://user:pass@host/db")
        meant = "standby" if info.field_name == "database_read_url" else "read-write"
        return f"postgresql+psycopg://{_of_several_hosts(rest, meant)}"

    @model_validator(mode="after")
    def _has_a_way_past_the_pooler(self) -> Self:
        if self.database_pooler == "transaction" and not (
            self.database_url and self.database_direct_url
        ):
            raise ValueError(
                "DATABASE_POOLER=transaction precisa de DATABASE_URL, o endereço do pooler, e de "
                "DATABASE_DIRECT_URL, o do próprio PostgreSQL: backup, restauração e migração não "
                "passam pelo pooler"
            )
        return self

    @model_validator(mode="after")
    def _has_what_the_replica_follows(self) -> Self:
        if self.database_read_url and not self.database_url:
            raise ValueError(
                "DATABASE_READ_URL, o endereço de uma réplica, precisa de DATABASE_URL, o do "
                "PostgreSQL que ela segue"
            )
        return self

    @field_validator("api_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        return ",".join(_origin(word.strip()) for word in value.split(",") if word.strip())

    @property
    def origins(self) -> frozenset[str]:
        """The origins whose scripts may call the API, as browsers write them."""
        return frozenset(filter(None, self.api_origins.split(",")))

    @property
    def backups(self) -> Path:
        """The folder of the backups, absolute."""
        return (self.backup_folder or self.data_dir / "backups").absolute()

    @property
    def passphrase(self) -> str | None:
        """The passphrase of the automatic backups in the clear; None for an empty one too."""
        secret = self.backup_passphrase
        return secret.get_secret_value() or None if secret else None

    @property
    def host_names(self) -> frozenset[str]:
        """Extra host names, lower case."""
        return frozenset(h.strip().lower() for h in self.hosts.split(",") if h.strip())


def _of_several_hosts(rest: str, meant: str) -> str:
    """What follows `postgresql://`, where libpq's several hosts stand in the query instead.

    Of several the first is taken that is as `meant`, unless `target_session_attrs` says else.
    """
    place, _, tail = rest.partition("/")
    who, at, hosts = place.rpartition("@")
    path, _, query = tail.partition("?")
    words = dict(parse_qsl(query, keep_blank_values=True))
    if "," in hosts:
        found = [_HOST.fullmatch(each) for each in hosts.split(",")]
        if not all(found):
            raise ValueError("cada servidor se escreve como host ou host:porta, entre vírgulas")
        words["host"] = ",".join(each[1].strip("[]") for each in found if each)
        words["port"] = ",".join(each[2] or "5432" for each in found if each)
    elif "," not in words.get("host", ""):
        return rest
    words.setdefault("target_session_attrs", meant)
    return f"{who}{at}/{path}?{urlencode(words, safe=',/')}"


def _origin(word: str) -> str:
    """One origin as browsers write it; ValueError for an address, a pattern, a user's name."""
    try:
        parts = urlsplit(word)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    name = (parts.hostname or "").lower()
    if (
        parts.scheme not in ("http", "https")
        or not re.fullmatch(r"[a-z0-9._:-]+", name)
        or any(mark in word for mark in "@?#")
        or parts.path
    ):
        raise ValueError(
            "cada origem se escreve como https://loja.example.com, sem caminho, barra no fim nem *"
        )
    host = f"[{name}]" if ":" in name else name
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


@lru_cache
def get_config() -> Config:
    """The process's configuration, read once."""
    return Config()


def environment_with(variables: dict[str, str]) -> dict[str, str]:
    """The environment of another process, configured as this one but for these variables."""
    return os.environ | variables
