"""Which certificate signs for whom: one for the installation, and one of its own for each brand that has it.

The folder of `ICI_APPLE_CERTIFICATES` holds the three files of the installation, or folders with three files each that
are called by the code of a brand, or both. A pass keeps the type that it was made with: whoever asks for it by that
type is answered in it, also after its brand has got a certificate of its own.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from app import clock, config
from app.accounts.models import Brand
from app.config import Config
from app.ops.signs import OK, Sign
from app.settings import APPLE_TRIAL, ConfigIncomplete
from app.sql import db
from wallet.apple import trial_pki
from wallet.apple.certificates import CERTIFICATE, PassIdentity, read_identity

WARNED_BEFORE = timedelta(days=30)
"""How long before a certificate ends that is an alarm: getting another takes somebody with Apple's account."""


class Identities(NamedTuple):
    """Every certificate of this installation."""

    shared: PassIdentity | None
    own: Mapping[str, PassIdentity]
    """Of brands, by their codes."""

    def every(self) -> Sequence[tuple[str, PassIdentity]]:
        """Each with the code of its brand, or an empty one for that of the installation."""
        return [*((("", self.shared),) if self.shared else ()), *self.own.items()]


NOTHING = Identities(None, {})

_read: dict[tuple[Path | None, str | None], Identities] = {}
_codes: dict[uuid.UUID, str] = {}
"""Codes of brands, which never change."""


def load_identities() -> Identities:
    """Read and check every certificate, once for a process. Raises `ConfigIncomplete`.

    In development, where no folder is named, one of our own making is made first.
    """
    settings = config.current()
    known = settings.apple_certificates, settings.apple_key_password
    if known not in _read:
        _read[known] = _identities(settings)
    return _read[known]


def _identities(settings: Config) -> Identities:
    folder = settings.apple_certificates
    if folder is None:
        return NOTHING
    if settings.environment == "development" and folder == settings.var / APPLE_TRIAL and not folder.exists():
        trial_pki.make_test_pki(folder, now=clock.now())
    if not folder.is_dir():
        raise ConfigIncomplete(f"ICI_APPLE_CERTIFICATES: there is no folder {folder}.")
    has_shared = any(folder.glob("*.pem"))
    shared = read_identity(folder, password=settings.apple_key_password) if has_shared else None
    own = {
        one.name: read_identity(one, password=settings.apple_key_password)
        for one in sorted(folder.iterdir())
        if one.is_dir() and not one.name.startswith(".")
    }
    found = Identities(shared, own)
    _require_usable(found, settings)
    return found


def _require_usable(found: Identities, settings: Config) -> None:
    if not found.every():
        raise ConfigIncomplete(f"ICI_APPLE_CERTIFICATES: {settings.apple_certificates} holds no {CERTIFICATE}.")
    types = [identity.pass_type for _, identity in found.every()]
    twice = sorted({one for one in types if types.count(one) > 1})
    if twice:
        raise ConfigIncomplete(
            f"ICI_APPLE_CERTIFICATES: {twice[0]} is there twice; keep one certificate of a pass type."
        )
    if settings.environment != "production":
        return
    trial = [identity.folder for _, identity in found.every() if identity.is_trial]
    if trial:
        raise ConfigIncomplete(
            f"{trial[0]} is from `ici apple test-pki`: no phone trusts it, so production refuses it."
        )
    if not settings.public_url.startswith("https://"):
        raise ConfigIncomplete(
            "ICI_PUBLIC_URL must start with https:// for passes of Apple Wallet to be kept up to date."
        )


def identity_of(brand_id: uuid.UUID, *, now: datetime) -> PassIdentity | None:
    """Who signs the new passes of a brand: its own certificate, else that of the installation; None without one that
    is good now."""
    found = load_identities()
    identity = (found.own.get(_code_of(brand_id)) if found.own else None) or found.shared
    return identity if identity is not None and identity.is_valid(now) else None


def identity_with(pass_type: str) -> PassIdentity | None:
    """The certificate of a pass type, whether it is good now or not."""
    return next((one for _, one in load_identities().every() if one.pass_type == pass_type), None)


def signs_for(identity: PassIdentity, brand_id: uuid.UUID) -> bool:
    """Whether passes of this brand may be of this type: it is the brand's own, or that of the installation."""
    found = load_identities()
    return identity is found.shared or identity is found.own.get(_code_of(brand_id))


def _code_of(brand_id: uuid.UUID) -> str:
    if brand_id not in _codes:
        brand = db.get(Brand, brand_id)
        if brand is None:
            return ""
        _codes[brand_id] = brand.code
    return _codes[brand_id]


def watch_certificates(now: datetime) -> Sign:
    """The alarm of certificates that end within 30 days. The gauge counts them; for each it tells the days left."""
    every = load_identities().every()
    left = {identity.pass_type: (identity.ends_at - now).total_seconds() / 86_400 for _, identity in every}
    late = {name: days for name, days in left.items() if days < WARNED_BEFORE.days}
    told = ", ".join(f"{name} in {days:.0f} days" if days > 0 else f"{name} has ended" for name, days in late.items())
    return Sign(f"ends: {told}" if late else OK, float(len(late)), parts=left)
