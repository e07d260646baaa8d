"""One frozen `Config`, read from the environment, refused at start when something is missing.

`ici up` writes the settings of the private cluster to `var/ici.env`; in development that file
completes the environment. In production nothing is read but the environment and the files that it names
(`ICI_SECRET_FILE=/run/secrets/ici`, for any setting), and nothing secret has a default.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, Self, cast

from app.settings import (
    APP_ROLE,
    APPLE_PUSH_URL,
    COARSEST_FIX_M,
    DEVELOPMENT,
    ENV_FILE,
    ConfigIncomplete,
    DatabaseLimits,
    GoogleAccess,
    SmsRequest,
    app_role_in,
    apple_settings_in,
    coarsest_fix_in,
    google_in,
    log_key_in,
    number_in,
    read_env_file,
    read_files,
    refuse_channels,
    refuse_secrets,
    refuse_unsaid,
    security_contact_in,
    sms_request_in,
    web_origins_in,
)

Environment = Literal["development", "test", "production"]


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
    sms_request: SmsRequest | None = None
    """How the gateway of `sms` is spoken to."""
    log_key: str | None = None
    """Seed of the Ed25519 key that signs the log, 64 hexadecimal digits; made from the secret when absent."""
    storage_countries: tuple[str, ...] = ("FR",)
    """Where the data lie, ISO 3166-1 alpha-2: receipts say so."""
    erasure_ledger: Path | None = None
    """The file of erasures outside the database; `erasures.jsonl` in `var` unless set."""
    lasting_secret: str | None = None
    """What is kept for years, or given away for good, is keyed with this; `secret` unless set."""
    other_secret: str | None = None
    """While a secret is changed: what was made with this one is accepted as well."""
    app_role: str = APP_ROLE
    """The role of the database that serves: the migrations grant it what it needs."""
    pool_size: int = 4
    """Database connections per process; `ici serve` makes it the number of requests that a process takes at once."""
    database_limits: DatabaseLimits = field(default_factory=DatabaseLimits)
    """How long a request waits for the database."""
    brand: str | None = None
    """Code of the brand in whose name the wallet writes when no brand is named; without one it is called Ici."""
    proxies: int = 0
    """How many proxies of ours stand before the server: that many entries of `X-Forwarded-For` are believed."""
    web_origins: frozenset[str] = frozenset()
    """The sites whose pages may ask from a browser: origins, `https://shop.example`."""
    mailed_codes_per_hour: int = 6_000
    texted_codes_per_hour: int = 600
    """How many sign-in codes leave at most for all addresses together: what a sender's reputation and a bill bear."""
    mailed_codes_per_network: int = 100
    texted_codes_per_network: int = 20
    """How many sign-in codes an hour leave at most for one network: an address that a shop or a street shares."""
    security_contact: str | None = None
    """Where somebody who found a hole writes to, `mailto:` or `https:`; `/.well-known/security.txt` says it."""
    coarsest_fix_m: int = COARSEST_FIX_M
    """The least accurate position that "near me" takes, in metres: an iPhone without precise location says 1,000 to
    20,000; more is the guess of a network, which may lie in another region."""
    price_told_h: int = 168
    """How many hours old a price of a store may be when it is told: lists come by night or by week, and a price that is
    told binds whoever told it."""
    stock_told_h: int = 48
    """How many hours old a stock of a store may be when it is told: one night's list may fail, and after two days of
    sales nobody should come for it."""
    google: GoogleAccess | None = None
    """How passes are kept in Google Wallet; without it that wallet is not offered, but by a stand-in in development."""
    around_per_network: int = 3_600
    """How many questions an hour about what is around are answered to one network: its people are unknown, and a street
    or a shop shares it."""
    apple_certificates: Path | None = None
    """The folder of what signs passes for Apple Wallet; without one that wallet is not offered."""
    apple_key_password: str | None = None
    """What opens the private keys in it, where they are encrypted."""
    apple_push_url: str = APPLE_PUSH_URL
    """Where Apple is asked to wake the phones that hold a pass."""
    apple_pushes_per_second: int | None = None
    """How many phones are woken a second at most: each then asks, and fetches its pass at once. Without end if None."""
    apple_push_root: Path | None = None
    """Who vouches for that server, as PEM; the authorities that the machine trusts unless set."""

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings.

        Raises `ConfigIncomplete` with every missing name at once, so that one restart is enough.
        """
        given = read_files(os.environ if environ is None else environ)
        refuse_unsaid(given)
        environment = given.get("ICI_ENV", "development")
        if environment not in ("development", "test", "production"):
            raise ConfigIncomplete("ICI_ENV must be development, test or production.")
        var = Path(given.get("ICI_VAR", "var")).absolute()
        if environment != "production":
            given = read_files(read_env_file(var / ENV_FILE)) | given
        missing = [name for name in ("ICI_DATABASE_URL", "ICI_SECRET") if not given.get(name)]
        if environment == "production":
            missing += [name for name in ("ICI_MAIL", "ICI_PUBLIC_URL") if not given.get(name)]
        if missing:
            remedy = "Export them, or name files that hold them (ICI_SECRET_FILE=…)."
            if environment != "production":
                remedy = "Run `ici up` to start a private database that sets them, or export them yourself."
            raise ConfigIncomplete(f"Missing settings: {', '.join(missing)}. {remedy}")
        refuse_secrets(given)
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
            database_limits=DatabaseLimits.read(given),
            brand=given.get("ICI_BRAND") or None,
            proxies=int(given.get("ICI_PROXIES") or "0"),
            web_origins=web_origins_in(given),
            mailed_codes_per_hour=number_in(given, "ICI_MAILED_CODES_PER_HOUR", Config.mailed_codes_per_hour),
            texted_codes_per_hour=number_in(given, "ICI_TEXTED_CODES_PER_HOUR", Config.texted_codes_per_hour),
            # In development nothing leaves this machine, which is one network, and whoever tries it signs in often.
            mailed_codes_per_network=number_in(
                given, "ICI_MAILED_CODES_PER_NETWORK", 100 if environment == "production" else 10_000
            ),
            texted_codes_per_network=number_in(given, "ICI_TEXTED_CODES_PER_NETWORK", Config.texted_codes_per_network),
            security_contact=security_contact_in(given),
            coarsest_fix_m=coarsest_fix_in(given),
            price_told_h=number_in(given, "ICI_PRICE_TOLD_HOURS", Config.price_told_h),
            stock_told_h=number_in(given, "ICI_STOCK_TOLD_HOURS", Config.stock_told_h),
            around_per_network=number_in(given, "ICI_AROUND_PER_NETWORK", Config.around_per_network),
            google=google_in(given),
            apple_key_password=given.get("ICI_APPLE_KEY_PASSWORD") or None,
            apple_pushes_per_second=number_in(given, "ICI_APPLE_PUSHES_PER_SECOND", 100),
            **apple_settings_in(given, environment, var),
            lasting_secret=given.get("ICI_LASTING_SECRET") or None,
            other_secret=given.get("ICI_OTHER_SECRET") or None,
            app_role=app_role_in(given),
            erasure_ledger=Path(given["ICI_ERASURE_LEDGER"]) if given.get("ICI_ERASURE_LEDGER") else None,
            public_url=given.get("ICI_PUBLIC_URL", "http://127.0.0.1:8000"),
            sms_request=sms_request_in(given) if sms not in ("", DEVELOPMENT) else None,
            log_key=log_key_in(given),
            storage_countries=tuple(given.get("ICI_STORAGE_COUNTRIES", "FR").split(",")),
        )

    def key(self, label: str) -> bytes:
        """A 32-byte key for one use, derived from the secret, so that no two uses share a key."""
        return _derived(self.secret, label)

    def accepted_keys(self, label: str) -> tuple[bytes, ...]:
        """The key of this use, and while a secret is changed that of the other one: what either made is genuine."""
        if self.other_secret is None:
            return (_derived(self.secret, label),)
        return _derived(self.secret, label), _derived(self.other_secret, label)

    def lasting_key(self, label: str) -> bytes:
        """A key for what must be recognised after the secret has been changed."""
        return _derived(self.lasting_secret or self.secret, label)


@cache
def _derived(secret: str, label: str) -> bytes:
    return hmac.new(secret.encode(), f"ici/{label}".encode(), hashlib.sha256).digest()


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
