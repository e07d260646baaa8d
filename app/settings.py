"""What the environment says, setting by setting: each is read from its text, or refused with how to mend it."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

ENV_FILE = "ici.env"
FILE_SUFFIX = "_FILE"
BY_FILE = re.compile(rf"ICI_\w+{FILE_SUFFIX}")
"""A setting that names the file which holds another, as container platforms and systemd hand over secrets."""

OF_AN_INSTALLATION = ("ICI_DATABASE_URL", "ICI_OWNER_DATABASE_URL", "ICI_SECRET")
"""What only an operator sets, or `var/ici.env`."""

SHORTEST_SECRET = 32
APP_ROLE = "ici_app"
COARSEST_FIX_M = 25_000
APPLE_PUSH_URL = "https://api.push.apple.com"
FIX_BOUND_M = 100_000
DEVELOPMENT = "development"
"""The channel of development and tests: messages go to a file that `ici mailbox` shows."""
SMS_PLACES = ("to", "digits", "text", "sender", "id")
"""What may stand in braces: the number with and without its plus, the words, the sender, a number for this message."""
APPLE_TRIAL = "apple"
"""The folder in `var` of certificates of our own making, by which development signs passes: no phone trusts them."""
APPLE_PUSH_TRIAL = "https://127.0.0.1:8811"
"""Where the stand-in for Apple's push service listens, in development."""
ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?")
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
"""Hosts that are spoken to without TLS."""
GOOGLE_URL = "https://walletobjects.googleapis.com"
"""Google Wallet itself."""


class ConfigIncomplete(RuntimeError):
    """The environment lacks settings; the message names them and says how to mend it."""


@dataclass(frozen=True)
class DatabaseLimits:
    """How long the database is waited for, in seconds; 0 is without end. `ICI_DATABASE_…` sets each for the server.

    They end before a caller's patience does (five seconds), one after the other: what the database can end itself is
    ended there, with a reason; what it cannot, here.
    """

    lock_s: float = 2.0
    """For a lock that another transaction holds: whoever waits longer holds a thread and locks of its own."""
    statement_s: float = 3.5
    """For one statement: those of a request take milliseconds, and one that takes seconds makes others wait."""
    answer_s: float = 4.0
    """For any answer, however the database is: one that hangs ends no statement. The connection is given up."""
    idle_s: float = 30.0
    """Between two statements of a transaction, whose locks others wait for."""
    connect_s: float = 2.0
    """For a new connection; whole seconds, and no less than two, are what the driver knows."""
    pool_s: float = 2.0
    """For a connection of the pool: more than its size is work that nobody could wait for."""
    tcp_s: float = 10.0
    """Until a machine or a network that went away is told from one that has nothing to say."""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """The limits of the environment. Raises `ConfigIncomplete`."""
        said = {field: given[name] for field, name in LIMITS.items() if given.get(name)}
        for limit, value in said.items():
            if not re.fullmatch(r"\d{1,5}(\.\d{1,3})?", value):
                raise ConfigIncomplete(f"{LIMITS[limit]} must be a number of seconds, such as 2 or 2.5; 0 is no end.")
        limits = cls(**{field: float(value) for field, value in said.items()})
        ends = [limits.lock_s, limits.statement_s, limits.answer_s]
        if [end or math.inf for end in ends] != sorted(end or math.inf for end in ends):
            raise ConfigIncomplete(
                "ICI_DATABASE_LOCK_S must not be more than ICI_DATABASE_STATEMENT_S, nor that more than "
                "ICI_DATABASE_ANSWER_S: the one that ends first would hide the reason."
            )
        return limits


LIMITS = {
    "lock_s": "ICI_DATABASE_LOCK_S",
    "statement_s": "ICI_DATABASE_STATEMENT_S",
    "answer_s": "ICI_DATABASE_ANSWER_S",
    "idle_s": "ICI_DATABASE_IDLE_S",
    "connect_s": "ICI_DATABASE_CONNECT_S",
    "pool_s": "ICI_DATABASE_POOL_S",
    "tcp_s": "ICI_DATABASE_TCP_S",
}
"""The setting of each limit."""

UNHURRIED = DatabaseLimits(
    lock_s=60, statement_s=0, answer_s=0, idle_s=900, connect_s=10, pool_s=30, tcp_s=DatabaseLimits.tcp_s
)
"""For jobs, imports and other commands: nobody waits for them, and their statements work through whole tables."""


@dataclass(frozen=True)
class SmsRequest:
    """The request that hands one text message to a gateway: a template with the places of `SMS_PLACES`."""

    method: str
    headers: Mapping[str, str]
    body: str
    """JSON or a form; empty for none."""
    sender: str
    """Who texts come from unless a brand has a sender of its own: 11 letters and digits at most, or a number."""


@dataclass(frozen=True)
class GoogleAccess:
    """The service account by which Google Wallet is spoken to, and the issuer in whose name."""

    issuer: str
    """The number of the issuer account that keeps the passes of every brand without one of its own."""
    email: str
    key_id: str
    private_key: str = field(repr=False)
    """An RSA key in PEM."""
    token_url: str
    url: str = GOOGLE_URL
    """Where passes are kept; for a stand-in on this machine its links and keys are there too."""
    root_keys: str = ""
    """Google's keys for signed messages, as JSON: for machines that cannot fetch them."""


def read_files(environ: Mapping[str, str]) -> dict[str, str]:
    """The settings, those too that a file holds: `ICI_SECRET_FILE` names the file of `ICI_SECRET`.

    White space around what a file holds does not count. Raises `ConfigIncomplete` for a file that cannot be read or is
    empty, and for a setting that is given twice.
    """
    given = dict(environ)
    for name in filter(BY_FILE.fullmatch, environ):
        path, meant = given.pop(name), name.removesuffix(FILE_SUFFIX)
        if not path:
            continue
        if given.get(meant):
            raise ConfigIncomplete(f"{meant} and {name} are both set: keep one of them.")
        try:
            given[meant] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise ConfigIncomplete(f"{name}: {path} cannot be read ({why}).") from None
        if not given[meant]:
            raise ConfigIncomplete(f"{name}: {path} is empty.")
    return given


def refuse_unsaid(given: Mapping[str, str]) -> None:
    """Raise `ConfigIncomplete` for settings of an installation without a word of which kind it is.

    Taken for development, it would write sign-in codes to a file.
    """
    told = [name for name in OF_AN_INSTALLATION if given.get(name)]
    if told and not given.get("ICI_ENV"):
        raise ConfigIncomplete(
            f"{' and '.join(told)}: given, but not ICI_ENV. Say ICI_ENV=production, or ICI_ENV=development to try."
        )


def refuse_secrets(given: Mapping[str, str]) -> None:
    """Raise `ConfigIncomplete` for a secret that could be guessed, and for a change that would lose what is kept."""
    for name in ("ICI_SECRET", "ICI_LASTING_SECRET", "ICI_OTHER_SECRET"):
        if 0 < len(given.get(name, "")) < SHORTEST_SECRET:
            raise ConfigIncomplete(f"{name} must have at least {SHORTEST_SECRET} characters.")
    if given.get("ICI_OTHER_SECRET") and not given.get("ICI_LASTING_SECRET"):
        raise ConfigIncomplete(
            "ICI_OTHER_SECRET is for a change of ICI_SECRET, which needs ICI_LASTING_SECRET: the one of before. "
            "Without it printed cards, noes and notes of erasures would not be recognised any more."
        )


def app_role_in(given: Mapping[str, str]) -> str:
    """The role that serves, by its own name or as the address of the database says it."""
    named = given.get("ICI_APP_ROLE") or unquote(urlsplit(given["ICI_DATABASE_URL"]).username or APP_ROLE)
    if not re.fullmatch(r"[\w.@-]+", named):
        raise ConfigIncomplete("ICI_APP_ROLE (or the user of ICI_DATABASE_URL) may hold letters, digits and _.@- only.")
    return named


def refuse_channels(environment: str, *, mail: str, sms: str) -> None:
    """Raise `ConfigIncomplete` for a channel that could carry nothing, or that would show codes to operators."""
    if environment == "production" and DEVELOPMENT in (mail, sms):
        raise ConfigIncomplete("ICI_MAIL and ICI_SMS cannot be `development` in production: it writes codes to a file.")
    if mail not in ("", DEVELOPMENT) and not mail.startswith("smtp://"):
        raise ConfigIncomplete("ICI_MAIL must be smtp://user:password@host:port?from=sender@example.org.")
    gateway = urlsplit(sms)
    if sms in ("", DEVELOPMENT):
        return
    if gateway.username or gateway.fragment or not gateway.hostname or gateway.scheme not in ("https", "http"):
        raise ConfigIncomplete("ICI_SMS must be https://host/path; secrets belong in ICI_SMS_HEADERS.")
    if gateway.scheme == "http" and gateway.hostname not in THIS_MACHINE:
        raise ConfigIncomplete("ICI_SMS must start with https:// unless the gateway is on this machine.")


def sms_request_in(given: Mapping[str, str]) -> SmsRequest:
    """How the gateway for text messages is spoken to. Raises `ConfigIncomplete` for what could send nothing."""
    request = SmsRequest(
        method=given.get("ICI_SMS_METHOD", "").upper() or "POST",
        headers=_headers_in(given.get("ICI_SMS_HEADERS", "")),
        body=given.get("ICI_SMS_BODY", "").strip(),
        sender=given.get("ICI_SMS_SENDER", "") or "Ici",
    )
    if request.method not in ("GET", "POST", "PUT"):
        raise ConfigIncomplete("ICI_SMS_METHOD must be GET, POST or PUT.")
    if request.body.startswith(("{", "[")):
        try:
            json.loads(request.body)
        except ValueError:
            raise ConfigIncomplete("ICI_SMS_BODY begins like JSON and is none.") from None
    template = urlsplit(given["ICI_SMS"]).query + request.body
    places = set(re.findall(r"\{(\w+)\}", template + "".join(request.headers.values())))
    unknown = sorted(places - set(SMS_PLACES))
    if unknown:
        raise ConfigIncomplete(f"ICI_SMS_BODY has no place {{{unknown[0]}}}: there are {', '.join(SMS_PLACES)}.")
    if "{text}" not in template or not ("{to}" in template or "{digits}" in template):
        raise ConfigIncomplete("ICI_SMS_BODY, or the query of ICI_SMS, must have {text}, and {to} or {digits}.")
    if any("{text}" in value for value in request.headers.values()):
        raise ConfigIncomplete("ICI_SMS_HEADERS cannot hold {text}.")
    return request


def _headers_in(text: str) -> dict[str, str]:
    try:
        headers = json.loads(text or "{}")
    except ValueError:
        headers = None
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise ConfigIncomplete('ICI_SMS_HEADERS must be a JSON object of texts: {"Authorization": "Bearer …"}.')
    if any(re.search(r"[\r\n]", name + value) for name, value in headers.items()):
        raise ConfigIncomplete("ICI_SMS_HEADERS cannot hold line ends.")
    return headers


def number_in(given: Mapping[str, str], name: str, default: int) -> int:
    """A setting that is a number, one at least."""
    number = given.get(name, "") or str(default)
    if not (number.isdecimal() and int(number) >= 1):
        raise ConfigIncomplete(f"{name} must be a whole number, 1 or more.")
    return int(number)


def web_origins_in(given: Mapping[str, str]) -> frozenset[str]:
    """The sites of `ICI_WEB_ORIGINS`, parted by commas. Raises `ConfigIncomplete` for what no browser would send."""
    named = frozenset(one.strip() for one in given.get("ICI_WEB_ORIGINS", "").split(",") if one.strip())
    if any(ORIGIN.fullmatch(one) is None for one in named):
        raise ConfigIncomplete(
            "ICI_WEB_ORIGINS must name origins as browsers send them, https://shop.example, parted by commas: in lower"
            " case, without a path or a slash at the end; http:// only of this machine."
        )
    return named


def security_contact_in(given: Mapping[str, str]) -> str | None:
    """Where holes are told to, as one address in the form of RFC 9116."""
    contact = given.get("ICI_SECURITY_CONTACT", "").strip()
    if contact and not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://\S+)", contact):
        raise ConfigIncomplete("ICI_SECURITY_CONTACT must be mailto:security@example.org or https://….")
    return contact or None


def coarsest_fix_in(given: Mapping[str, str]) -> int:
    """The least accurate position that is taken, in metres."""
    metres = given.get("ICI_COARSEST_FIX_M", "") or str(COARSEST_FIX_M)
    if not (metres.isdecimal() and 1_000 <= int(metres) <= FIX_BOUND_M):
        raise ConfigIncomplete(f"ICI_COARSEST_FIX_M must be a number of metres between 1000 and {FIX_BOUND_M}.")
    return int(metres)


def apple_settings_in(given: Mapping[str, str], environment: str, var: Path) -> dict[str, Any]:
    """What signs passes for Apple Wallet, and who wakes phones. In development both are trials on this machine.

    Raises `ConfigIncomplete`.
    """
    trial = var / APPLE_TRIAL if environment == "development" and not given.get("ICI_APPLE_CERTIFICATES") else None
    folder, root = given.get("ICI_APPLE_CERTIFICATES"), given.get("ICI_APPLE_PUSH_ROOT")
    push = given.get("ICI_APPLE_PUSH_URL") or (APPLE_PUSH_TRIAL if trial else APPLE_PUSH_URL)
    parts = urlsplit(push)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
        raise ConfigIncomplete("ICI_APPLE_PUSH_URL must be https://host or https://host:port, and no more.")
    if root and not Path(root).is_file():
        raise ConfigIncomplete(f"ICI_APPLE_PUSH_ROOT: there is no file {root}.")
    return {
        "apple_certificates": Path(folder).absolute() if folder else trial,
        "apple_push_url": push.rstrip("/"),
        "apple_push_root": Path(root).absolute() if root else trial and trial / "root.pem",
    }


def log_key_in(given: Mapping[str, str]) -> str | None:
    """The seed of the log's key, if one was given."""
    key = given.get("ICI_LOG_KEY", "").strip().lower()
    if key and not re.fullmatch("[0-9a-f]{64}", key):
        raise ConfigIncomplete("ICI_LOG_KEY must be 64 hexadecimal digits: the 32 bytes of an Ed25519 seed.")
    return key or None


def google_in(given: Mapping[str, str]) -> GoogleAccess | None:
    """How Google Wallet is spoken to; None when nothing is said of it. Raises `ConfigIncomplete` for half of it."""
    issuer, key = given.get("ICI_GOOGLE_ISSUER", "").strip(), given.get("ICI_GOOGLE_KEY", "")
    if not issuer and not key:
        return None
    if not re.fullmatch(r"\d{5,25}", issuer) or not key:
        raise ConfigIncomplete(
            "Google Wallet needs ICI_GOOGLE_ISSUER, the number of the issuer account, and ICI_GOOGLE_KEY_FILE, the"
            " JSON key of a service account that may act for it."
        )
    try:
        said = json.loads(key)
        values = [said[name] for name in ("client_email", "private_key_id", "private_key", "token_uri")]
    except (ValueError, KeyError, TypeError):
        raise ConfigIncomplete(
            "ICI_GOOGLE_KEY_FILE must be the JSON key of a service account, as Google gives it."
        ) from None
    if given.get("ICI_GOOGLE_ROOT_KEYS"):
        try:
            json.loads(given["ICI_GOOGLE_ROOT_KEYS"])["keys"]
        except (ValueError, KeyError, TypeError):
            raise ConfigIncomplete("ICI_GOOGLE_ROOT_KEYS_FILE must be Google's list of keys, as JSON.") from None
    url = (given.get("ICI_GOOGLE_URL") or GOOGLE_URL).rstrip("/")
    for address in (url, str(values[3])):
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in THIS_MACHINE:
            raise ConfigIncomplete(
                "Google Wallet must be spoken to by https:// unless it is a stand-in on this machine."
            )
    email, key_id, private_key, token_url = map(str, values)
    refuse_broken_key(private_key)
    root_keys = given.get("ICI_GOOGLE_ROOT_KEYS", "")
    return GoogleAccess(issuer, email, key_id, private_key, token_url, url=url, root_keys=root_keys)


def refuse_broken_key(private_key: str) -> None:
    """Raise `ConfigIncomplete` for what can sign nothing."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # only where there is a key to look at
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        is_rsa = isinstance(load_pem_private_key(private_key.encode(), password=None), RSAPrivateKey)
    except (ValueError, TypeError):
        is_rsa = False
    if not is_rsa:
        raise ConfigIncomplete("ICI_GOOGLE_KEY_FILE holds no private key that can be read: ask Google for a new one.")


def read_env_file(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of a file; empty when there is no such file."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
