"""What a design asks for and a wallet does not show: told before a member finds out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from app.languages import LANGUAGES, Language, Phrase, Text
from wallet.designs import colours, loss_kinds
from wallet.designs.capabilities import WALLETS, PassSymbology
from wallet.designs.contents import SaidPass
from wallet.designs.designs import Design
from wallet.designs.fields import FieldShows
from wallet.designs.layout import FilledField, PassLayout, lay_out
from wallet.designs.loss_kinds import APPLE, GOOGLE, LossKind
from wallet.designs.samples import make_sample


class Loss(NamedTuple):
    """A loss of one design: about what of it, and the facts of its sentence."""

    kind: LossKind
    about: str
    facts: Mapping[str, Any]

    def say(self, language: Language) -> dict[str, Any]:
        """The loss in words; shape: `schemas.LossOut`."""
        return {
            "code": self.kind.code,
            "wallet": self.kind.wallet,
            "about": self.about,
            "text": self.kind.text.say(language, self.facts),
        }


def list_losses(contents: SaidPass | None, design: Design) -> list[Loss]:
    """What is lost of this design in each wallet: of one pass, or of any that it may draw where none is given."""
    now = datetime.now(UTC)
    passes = [
        make_sample(kind, brand_name=design.name, time_zone=design.time_zone, now=now) for kind in ("card", "coupon")
    ]
    seen: dict[tuple[str, str], Loss] = {}
    for said in passes if contents is None else [contents]:
        is_any = contents is None
        for loss in (*_of_colours(design), *_of_pictures(design), *_of_pass(said, design, is_any=is_any)):
            seen.setdefault((loss.kind.code, loss.about), loss)
    return list(seen.values())


def list_warnings(design: Design) -> list[Loss]:
    """What no wallet shows well: colours that cannot be read."""
    return list(_of_colours(design))


def _of_colours(design: Design) -> Iterator[Loss]:
    for name in ("foreground", "label"):
        colour = getattr(design, name)
        if not colours.is_legible(colour, design.background):
            contrast = _decimal(colours.contrast_of(colour, design.background))
            facts = {"colour": colour, "ground": design.background, "contrast": contrast}
            yield Loss(loss_kinds.HARD_TO_READ, name, facts | {"least": _decimal(colours.LEGIBLE)})


def _of_pictures(design: Design) -> Iterator[Loss]:
    sent = design.uploaded
    if {design.foreground, design.label} != {colours.ink_on(design.background)}:
        yield Loss(loss_kinds.COLOURS_IGNORED, "foreground", {"ground": design.background})
    if "strip" in sent and "hero" not in sent:
        yield Loss(loss_kinds.NO_STRIP, "strip", {})
    if "hero" in sent and "strip" not in sent:
        yield Loss(loss_kinds.NO_HERO, "hero", {})
    if "icon" in sent:
        yield Loss(loss_kinds.EDGES_CUT, "icon", {})
        width = min(sent["icon"])
        if width < 660:
            yield Loss(loss_kinds.EMBLEM_BLURRED, "icon", {"width": width})


def _of_pass(said: SaidPass, design: Design, *, is_any: bool) -> Iterator[Loss]:
    apple = {language: lay_out(said, design, language) for language in LANGUAGES}
    google = {language: lay_out(said, design, language, wallet=GOOGLE) for language in LANGUAGES}
    yield from _of_fields(loss_kinds.FIELD_MOVED, {language: one.moved for language, one in apple.items()})
    yield from _of_fields(loss_kinds.TEXT_LEFT_OUT, {language: one.left_out for language, one in google.items()})
    for layout in google.values():
        yield from _of_lengths(layout)
    if any(field.change_message for field in apple["fr"].fields):
        yield Loss(loss_kinds.OWN_WORDS, "change", {})
    if apple["fr"].symbology is PassSymbology.CODE128:
        yield Loss(loss_kinds.NOT_ON_A_WATCH, "coupon" if apple["fr"].is_coupon else "card", {})
    if design.rotates:
        yield Loss(loss_kinds.NO_ROTATION, "rotates", {})
    if design.nfc is not None:
        yield Loss(loss_kinds.TAP_NEEDS_CERTIFICATE, "nfc", {})
    if is_any or said.places:
        yield Loss(loss_kinds.NO_TEXT_PER_PLACE, "places", {})
    if is_any or said.beacon is not None:
        yield Loss(loss_kinds.NO_BEACONS, "beacon", {})
    if not apple["fr"].is_coupon and (is_any or said.coupons):
        yield Loss(loss_kinds.NO_LINKED_OFFERS, "coupons", {})
    if len(said.places) > WALLETS[APPLE].places:
        yield Loss(loss_kinds.TOO_MANY_PLACES, "places", {"count": len(said.places)})


def _of_fields(kind: LossKind, by_language: Mapping[Language, Sequence[FilledField]]) -> Iterator[Loss]:
    english = {field.key: field.label for field in by_language["en"]}
    for field in by_language["fr"]:
        yield Loss(kind, field.key, {"label": _words(field.label, english.get(field.key, field.label))})


def _of_lengths(layout: PassLayout) -> Iterator[Loss]:
    lengths = WALLETS[GOOGLE].lengths
    for about, words, most in (
        ("name", layout.organization, lengths["name"]),
        *((f"{one.key}.label", one.label, lengths["points"]) for one in layout.shown(FieldShows.POINTS)),
        *([("logo_text", layout.logo_text, lengths["name"])] if layout.logo_text else []),
        *((one.key, one.value, lengths["tier"]) for one in layout.shown(FieldShows.TIER)),
        *((one.key, one.value, lengths["title"]) for one in layout.shown(FieldShows.COUPON_TITLE) if layout.is_coupon),
    ):
        if len(words) > most:
            yield Loss(loss_kinds.TOO_LONG, about, {"words": words, "length": len(words), "most": most})


def _words(french: str, english: str) -> Phrase:
    return Phrase(Text(fr="{fr}", en="{en}"), {"fr": french, "en": english})


def _decimal(number: float) -> Phrase:
    """Cut, not rounded: 4.49 is not enough, and 4.5 would say that it is."""
    whole, tenths = divmod(int(number * 10), 10)
    return Phrase(Text(fr=f"{whole},{tenths}", en=f"{whole}.{tenths}"))
