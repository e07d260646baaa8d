"""A brand says who it is: each change is a version that stays as it is, and anybody reads the last one."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.accounts.models import Brand
from app.codes.drawings import CodeSymbology
from app.errors import Malformed, PreconditionFailed
from app.languages import Language
from app.pictures import brand_pictures
from app.showcase import queries
from app.showcase.errors import ProfileVersionUnknown
from app.showcase.models import BrandProfile
from app.sql import db, locks

TOLD = 20
"""Past versions that are shown."""
NO_VERSION = 0
"""The version of a brand that said nothing of itself."""
UNSAID: Mapping[str, Any] = {
    "listed": False,
    "tagline": None,
    "accent": None,
    "logo": None,
    "pictures": [],
    "links": [],
    "help_contact": None,
    "terms": None,
    "card_symbology": str(CodeSymbology.QR),
}
"""What holds of a brand that said nothing of itself: the directory does not name it."""


class SaidProfile(NamedTuple):
    """One version, what the brand wrote in it, and every version that there is, the last first."""

    brand_id: uuid.UUID
    version: int
    content: Mapping[str, Any]
    past: Sequence[BrandProfile]


def read_profile(*, brand_id: uuid.UUID, version: int | None = None) -> SaidProfile:
    """The profile in force, or one of before. Raises `ProfileVersionUnknown`."""
    past = db.all_of(queries.profiles_of(brand_id).limit(TOLD))
    if not past and not version:
        return SaidProfile(brand_id, NO_VERSION, UNSAID, past)
    found = past[0] if version is None else db.get(BrandProfile, (brand_id, version))
    if found is None:
        raise ProfileVersionUnknown(version=version)
    return SaidProfile(brand_id, found.version, found.content, past)


def read_content(brand_id: uuid.UUID) -> Mapping[str, Any]:
    """What the brand says of itself now, as `UNSAID` has it."""
    return db.first(queries.content_in_force(brand_id)) or UNSAID


def write_profile(
    *, brand_id: uuid.UUID, content: Mapping[str, Any], version: int, by: uuid.UUID, now: datetime
) -> SaidProfile:
    """Replace what the brand says of itself; `version` is the one that was read. What changes nothing makes no version.

    Raises `PreconditionFailed` when there is a newer one, `Malformed` for a picture that the brand did not send.
    """
    locks.lock_name(f"brand_profile:{brand_id}")
    before = read_profile(brand_id=brand_id)
    if before.version != version:
        raise PreconditionFailed
    named = {"/logo": content["logo"]} | {f"/pictures/{n}": one for n, one in enumerate(content["pictures"])}
    wrong = brand_pictures.list_unsent(named, brand_id=brand_id)
    if wrong:
        raise Malformed(errors=wrong)
    if before.version != NO_VERSION and before.content == content:
        return before
    made = BrandProfile(
        brand_id=brand_id, version=version + 1, content=dict(content), listed=content["listed"], set_by=by, set_at=now
    )
    db.add(made)
    return read_profile(brand_id=brand_id)


def describe_profile(said: SaidProfile) -> dict[str, Any]:
    """A version as the console reads it; shape: `schemas.BrandProfileOut`."""
    names = _names_in(said.content)
    outlines = brand_pictures.find_outlines(names, brand_id=said.brand_id)
    return {
        "version": said.version,
        "profile": said.content,
        "pictures": [brand_pictures.tell_picture(outlines[name]) for name in names],
        "history": said.past,
    }


def describe_brand(brand: Brand, *, language: Language) -> dict[str, Any]:
    """A brand as anybody sees it; shape: `schemas.WholeBrandOut`."""
    said = read_content(brand.id)
    outlines = brand_pictures.find_outlines(_names_in(said), brand_id=brand.id)
    return {
        **_card(brand, said, outlines, language),
        "legal_name": brand.legal_name,
        "postal_address": brand.postal_address,
        "privacy_contact": brand.privacy_contact,
        "dpo_contact": brand.dpo_contact,
        "help_contact": said["help_contact"],
        "time_zone": brand.time_zone,
        "language": brand.language,
        "pictures": [brand_pictures.tell_picture(outlines[name]) for name in said["pictures"]],
        "links": [{"label": one["label"][language], "url": one["url"]} for one in said["links"]],
        "terms": said["terms"] and said["terms"][language],
    }


def describe_brands(brands: Sequence[Brand], *, language: Language) -> list[dict[str, Any]]:
    """Brands as the directory lists them, in two statements; shape: `schemas.ShownBrandOut`."""
    said = {one.brand_id: one.content for one in db.all_of(queries.profiles_in_force([brand.id for brand in brands]))}
    logos = [content["logo"] for content in said.values() if content["logo"] is not None]
    outlines = brand_pictures.find_shown(logos)
    return [_card(brand, said[brand.id], outlines, language) for brand in brands]


def _card(brand: Brand, said: Mapping[str, Any], outlines: Mapping[str, Any], language: Language) -> dict[str, Any]:
    return {
        "id": brand.id,
        "code": brand.code,
        "name": brand.name,
        "tagline": said["tagline"] and said["tagline"][language],
        "colour": brand.colour,
        "accent": said["accent"],
        "countries": brand.countries,
        "currency": brand.currency,
        "logo": None if said["logo"] is None else brand_pictures.tell_picture(outlines[said["logo"]]),
        "card_symbology": said["card_symbology"],
    }


def _names_in(content: Mapping[str, Any]) -> list[str]:
    """The pictures that a profile names, each once."""
    named = [*([content["logo"]] if content["logo"] is not None else []), *content["pictures"]]
    return list(dict.fromkeys(named))
