"""What a brand's passes look like: one template for every wallet, version by version; the last one is in force."""

import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from app.languages import Text
from app.pictures import pictures
from app.pictures.pictures import Picture
from app.sql import db
from wallet.designs import colours, plain, queries
from wallet.designs.capabilities import PassSymbology
from wallet.designs.fields import FieldPlace, FieldPlan, FieldShows
from wallet.designs.models import PassDesign

PLAIN_VERSION = 0
"""The version of a brand that has drawn nothing."""
REMEMBERED = 16
"""Designs that a process keeps at hand, with their pictures: some megabytes each."""


class DesignLink(NamedTuple):
    """An address on the back of a pass."""

    label: Text
    url: str


class TapTerms(NamedTuple):
    """How Apple's wallet hands the code over by NFC: the key for which it is sealed (X.509, base64), and whether the
    member must unlock the phone first."""

    public_key: str
    requires_authentication: bool


class Design(NamedTuple):
    """One version of a brand's template. Colours are `#rrggbb`.

    `pictures` are cut for the wallets: Apple's by the names of its files (`icon`, `icon@2x`, `logo@3x`, `strip`, …),
    Google's as `emblem` (the logo of the programme) and `hero`. There always are `icon` and `emblem`.
    """

    brand_id: uuid.UUID
    version: int
    name: str
    time_zone: str
    background: str
    foreground: str
    label: str
    pictures: Mapping[str, Picture]
    logo_text: Text | None
    front: tuple[FieldPlan, ...]
    back: tuple[FieldPlan, ...]
    coupon_front: tuple[FieldPlan, ...]
    coupon_back: tuple[FieldPlan, ...]
    terms: Text | None
    links: tuple[DesignLink, ...]
    help_contact: str | None
    card_symbology: PassSymbology
    coupon_symbology: PassSymbology
    nfc: TapTerms | None
    smart_tap_issuers: tuple[str, ...]
    rotates: bool
    uploaded: Mapping[str, tuple[int, int]] = {}
    """Width and height in pixels of each picture that the brand sent."""

    @property
    def card_fields(self) -> tuple[FieldPlan, ...]:
        """Every field of a card."""
        return self.front + self.back

    @property
    def coupon_fields(self) -> tuple[FieldPlan, ...]:
        """Every field of a coupon's pass."""
        return self.coupon_front + self.coupon_back

    @property
    def apple_files(self) -> dict[str, bytes]:
        """The pictures of an Apple pass by the names of their files."""
        return {f"{name}.png": one.png for name, one in self.pictures.items() if name not in OF_GOOGLE}


OF_GOOGLE = ("emblem", "hero")


def read_design(brand_id: uuid.UUID, *, links: bool = True) -> Design:
    """The design in force, with what the brand says of itself where the design says nothing: of a brand that drew
    nothing, the plain one of the house.

    `links`: its pictures are told by their addresses, so they are kept; a file that holds them needs no address.
    """
    brand = db.send_statement(queries.BRAND_AND_VERSION, {"brand_id": brand_id}).one()
    design = _design_by(brand_id, brand, links=links)
    return design if brand.said is None else complete_design(design, brand.said)


def read_own_design(brand_id: uuid.UUID) -> Design:
    """The design in force with nothing but what it says itself: what a change of it starts from."""
    brand = db.send_statement(queries.BRAND_AND_VERSION, {"brand_id": brand_id}).one()
    return _design_by(brand_id, brand, links=True)


def complete_design(design: Design, said: Mapping[str, Any]) -> Design:
    """A design in which help, links and terms that it lacks are those of the brand's profile, and the code of a card
    that nobody drew is in the symbology that the brand's tills read."""
    links = tuple(DesignLink(Text(**link["label"]), link["url"]) for link in said["links"])
    is_plain = design.version == PLAIN_VERSION
    return design._replace(
        terms=_text(said["terms"]) if design.terms is None else design.terms,
        links=design.links or links,
        help_contact=said["help_contact"] if design.help_contact is None else design.help_contact,
        card_symbology=PassSymbology(said["card_symbology"]) if is_plain else design.card_symbology,
    )


def _design_by(brand_id: uuid.UUID, brand: Any, *, links: bool) -> Design:
    known = {"name": brand.name, "time_zone": brand.time_zone}
    if brand.version is not None:
        return _drawn(brand_id, brand.version, **known)
    design = plain_design(brand_id=brand_id, colour=brand.colour, **known)
    if links:
        pictures.keep_missing(design.pictures.values())
    return design


@lru_cache(maxsize=REMEMBERED)
def _drawn(brand_id: uuid.UUID, version: int, *, name: str, time_zone: str) -> Design:
    """A version never changes, so it is read once."""
    return design_of(db.all_of(queries.design_version(brand_id, version))[0], name=name, time_zone=time_zone)


def design_of(drawn: PassDesign, *, name: str, time_zone: str) -> Design:
    """A version as it was drawn, of a brand of this name. What it has no picture for is drawn by us."""
    said = drawn.content
    background, ink = said["background"], said["foreground"]
    own = pictures.read_pictures(drawn.cut)
    return Design(
        brand_id=drawn.brand_id,
        version=drawn.version,
        name=said["name"] or name,
        time_zone=time_zone,
        background=background,
        foreground=ink,
        label=said["label"],
        pictures=own,
        logo_text=_text(said["logo_text"]),
        front=_plans(said["card"]["front"]),
        back=_plans(said["card"]["back"]),
        coupon_front=_plans(said["coupon"]["front"]),
        coupon_back=_plans(said["coupon"]["back"]),
        terms=_text(said["terms"]),
        links=tuple(DesignLink(Text(**link["label"]), link["url"]) for link in said["links"]),
        help_contact=said["help_contact"],
        card_symbology=PassSymbology(said["card"]["symbology"]),
        coupon_symbology=PassSymbology(said["coupon"]["symbology"]),
        nfc=TapTerms(**said["nfc"]) if said["nfc"] else None,
        smart_tap_issuers=tuple(said["smart_tap_issuers"]),
        rotates=said["rotates"],
        uploaded={name: (width, height) for name, (_, width, height) in drawn.uploaded.items()},
    )


def plain_design(*, brand_id: uuid.UUID, name: str, time_zone: str, colour: str | None) -> Design:
    """The house's own: the brand's colour, its first letter, and what most cards show."""
    background = colour or plain.COLOUR
    ink = colours.ink_on(background)
    return Design(
        brand_id=brand_id,
        version=PLAIN_VERSION,
        name=name,
        time_zone=time_zone,
        background=background,
        foreground=ink,
        label=ink,
        pictures=draw_plain(name, background),
        logo_text=Text(fr=name, en=name),
        front=plain.FRONT,
        back=plain.BACK,
        coupon_front=plain.COUPON_FRONT,
        coupon_back=plain.COUPON_BACK,
        terms=None,
        links=(),
        help_contact=None,
        card_symbology=PassSymbology.QR,
        coupon_symbology=PassSymbology.QR,
        nfc=None,
        smart_tap_issuers=(),
        rotates=False,
    )


def draw_plain(name: str, background: str) -> dict[str, Picture]:
    """What stands for a brand that sent no picture of its own."""
    return plain.draw_pictures(name, background, colours.ink_on(background))


def content_of(design: Design) -> dict[str, Any]:
    """A design as it is written down; shape: `schemas.PassDesignIn`."""
    return {
        "name": design.name,
        "background": design.background,
        "foreground": design.foreground,
        "label": design.label,
        "logo_text": _written(design.logo_text),
        "card": {
            "front": [_plan_written(plan) for plan in design.front],
            "back": [_plan_written(plan) for plan in design.back],
            "symbology": str(design.card_symbology),
        },
        "coupon": {
            "front": [_plan_written(plan) for plan in design.coupon_front],
            "back": [_plan_written(plan) for plan in design.coupon_back],
            "symbology": str(design.coupon_symbology),
        },
        "terms": _written(design.terms),
        "links": [{"label": _written(link.label), "url": link.url} for link in design.links],
        "help_contact": design.help_contact,
        "nfc": design.nfc and design.nfc._asdict(),
        "smart_tap_issuers": list(design.smart_tap_issuers),
        "rotates": design.rotates,
    }


def _plans(said: Sequence[Mapping[str, Any]]) -> tuple[FieldPlan, ...]:
    return tuple(
        FieldPlan(
            FieldShows(one["shows"]),
            FieldPlace(one["place"]),
            _text(one["label"]),
            _text(one["text"]),
            _text(one["change"]),
            one["currency"],
        )
        for one in said
    )


def _plan_written(plan: FieldPlan) -> dict[str, Any]:
    words = {name: _written(getattr(plan, name)) for name in ("label", "text", "change")}
    return {"shows": str(plan.shows), "place": str(plan.place), "currency": plan.currency, **words}


def _text(said: Mapping[str, str] | None) -> Text | None:
    return None if said is None else Text(**said)


def _written(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"fr": text.fr, "en": text.en}
