"""One frozen `Config`, read from the environment, refused at start when something is missing.

`ici up` writes the settings of the private cluster to `var/ici.env`; in development that file
completes the environment. In production nothing is read but the environment, and nothing secret has a default.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, Self, cast

Environment = Literal["development", "test", "production"]

ENV_FILE = "ici.env"
FIX_BOUND_M = 100_000
DEVELOPMENT = "development"
"""The channel of development and tests: messages go to a file that `ici mailbox` shows."""


class ConfigIncomplete(RuntimeError):
    """The environment lacks settings; the message names them and says how to mend it."""


@dataclass(frozen=True)
class Config:
    """Settings of one process."""

    environment: Environment
    database_url: str
    owner_database_url: str | None
    secret: str
    var: Path
    mail: str
    sms: str
    public_url: str
    log_key: str | None = None
    """Seed of the Ed25519 key that signs the log, 64 hexadecimal digits; made from the secret when absent."""
    storage_countries: tuple[str, ...] = ("FR",)
    """Where the data lie, ISO 3166-1 alpha-2: receipts say so."""
    erasure_ledger: Path | None = None
    """The file of erasures outside the database; `erasures.jsonl` in `var` unless set."""
    lasting_secret: str | None = None
    """What the hashes are keyed with that must be recognised for years; `secret` unless set."""
    pool_size: int = 4
    """Database connections per process; `ici serve` makes it the number of requests that a process takes at once."""
    proxies: int = 0
    """How many proxies of ours stand before the server: that many entries of `X-Forwarded-For` are believed."""
    coarsest_fix_m: int = 25_000
    """The least accurate position that "near me" takes, in metres: an iPhone without precise location says 1,000 to
    20,000; more is the guess of a network, which may lie in another region."""
    security_contact: str | None = None
    """Where somebody who found a hole writes to, `mailto:` or `https:`; `/.well-known/security.txt` says it."""

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings.

        Raises `ConfigIncomplete` with every missing name at once, so that one restart is enough.
        """
        given = dict(os.environ if environ is None else environ)
        environment = given.get("ICI_ENV", "development")
        if environment not in ("development", "test", "production"):
            raise ConfigIncomplete("ICI_ENV must be development, test or production.")
        var = Path(given.get("ICI_VAR", "var")).absolute()
        if environment != "production":
            given = read_env_file(var / ENV_FILE) | given
        missing = [name for name in ("ICI_DATABASE_URL", "ICI_SECRET") if not given.get(name)]
        if environment == "production":
            missing += [name for name in ("ICI_MAIL", "ICI_PUBLIC_URL") if not given.get(name)]
        if missing:
            raise ConfigIncomplete(
                f"Missing settings: {', '.join(missing)}. "
                "Run `ici up` to start a private database that sets them, or export them yourself."
            )
        if len(given["ICI_SECRET"]) < 32:
            raise ConfigIncomplete("ICI_SECRET must have at least 32 characters.")
        if len(given.get("ICI_LASTING_SECRET") or given["ICI_SECRET"]) < 32:
            raise ConfigIncomplete("ICI_LASTING_SECRET must have at least 32 characters.")
        development_channel = "" if environment == "production" else DEVELOPMENT
        mail, sms = given.get("ICI_MAIL", development_channel), given.get("ICI_SMS", development_channel)
        refuse_channels(environment, mail=mail, sms=sms)
        return cls(
            environment=cast(Environment, environment),
            database_url=given["ICI_DATABASE_URL"],
            owner_database_url=given.get("ICI_OWNER_DATABASE_URL") or None,
            secret=given["ICI_SECRET"],
            var=var,
            mail=mail,
            sms=sms,
            pool_size=int(given.get("ICI_POOL_SIZE", "4")),
            proxies=int(given.get("ICI_PROXIES") or "0"),
            coarsest_fix_m=coarsest_fix_in(given),
            lasting_secret=given.get("ICI_LASTING_SECRET") or None,
            erasure_ledger=Path(given["ICI_ERASURE_LEDGER"]) if given.get("ICI_ERASURE_LEDGER") else None,
            public_url=given.get("ICI_PUBLIC_URL", "http://127.0.0.1:8000"),
            log_key=log_key_in(given),
            storage_countries=tuple(given.get("ICI_STORAGE_COUNTRIES", "FR").split(",")),
            security_contact=security_contact_in(given),
        )

    def key(self, label: str) -> bytes:
        """A 32-byte key for one use, derived from the secret, so that no two uses share a key."""
        return _derived(self.secret, label)

    def lasting_key(self, label: str) -> bytes:
        """A key for hashes that must be recognised after the secret has been changed."""
        return _derived(self.lasting_secret or self.secret, label)


def refuse_channels(environment: str, *, mail: str, sms: str) -> None:
    """Raise `ConfigIncomplete` for a channel that could carry nothing, or that would show codes to operators."""
    if environment == "production" and DEVELOPMENT in (mail, sms):
        raise ConfigIncomplete("ICI_MAIL and ICI_SMS cannot be `development` in production: it writes codes to a file.")
    if mail not in ("", DEVELOPMENT) and not mail.startswith("smtp://"):
        raise ConfigIncomplete("ICI_MAIL must be smtp://user:password@host:port?from=sender@example.org.")
    if sms not in ("", DEVELOPMENT):
        raise ConfigIncomplete("ICI_SMS must be empty: no gateway for text messages exists yet.")


def coarsest_fix_in(given: Mapping[str, str]) -> int:
    """The least accurate position that is taken, in metres."""
    metres = given.get("ICI_COARSEST_FIX_M", "") or str(Config.coarsest_fix_m)
    if not (metres.isdecimal() and 1_000 <= int(metres) <= FIX_BOUND_M):
        raise ConfigIncomplete(f"ICI_COARSEST_FIX_M must be a number of metres between 1000 and {FIX_BOUND_M}.")
    return int(metres)


def log_key_in(given: Mapping[str, str]) -> str | None:
    """The seed of the log's key, if one was given."""
    key = given.get("ICI_LOG_KEY", "").strip().lower()
    if key and not re.fullmatch("[0-9a-f]{64}", key):
        raise ConfigIncomplete("ICI_LOG_KEY must be 64 hexadecimal digits: the 32 bytes of an Ed25519 seed.")
    return key or None


def security_contact_in(given: Mapping[str, str]) -> str | None:
    """Where holes are told to, as one address in the form of RFC 9116."""
    contact = given.get("ICI_SECURITY_CONTACT", "").strip()
    if contact and not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://\S+)", contact):
        raise ConfigIncomplete("ICI_SECURITY_CONTACT must be mailto:security@example.org or https://….")
    return contact or None


@cache
def _derived(secret: str, label: str) -> bytes:
    return hmac.new(secret.encode(), f"ici/{label}".encode(), hashlib.sha256).digest()


def read_env_file(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of a file; empty when there is no such file."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


_current: Config | None = None


def use_config(config: Config) -> None:
    """Make `config` the settings of this process."""
    global _current
    _current = config


def current() -> Config:
    """The settings of this process."""
    if _current is None:
        raise ConfigIncomplete("No configuration in use: call app.config.use_config(Config.load()) first.")
    return _current
