"""What a wallet does not show is told, and what it does show is not."""

from typing import Any

import pytest

from app.languages import LANGUAGES, Text
from tests.designs.factories import Balance, Said, Tier, draw_design
from wallet.designs.capabilities import PassSymbology
from wallet.designs.colours import contrast_of, ink_on
from wallet.designs.designs import TapTerms
from wallet.designs.fields import FieldPlace, FieldPlan, FieldShows
from wallet.designs.loss_kinds import KINDS
from wallet.designs.losses import list_losses

TEXT = FieldPlan(FieldShows.TEXT, FieldPlace.HEADER, text=Text(fr="Bonjour", en="Hello"))
SHORT = {"tier": Tier("Or", "Gold"), "balances": (Balance(name_fr="Points", name_en="Points"),)}
QUIET = Said(coupons=(), may_notify=False, **SHORT)


def lost(said: Said | None = QUIET, **given: Any) -> set[tuple[str, str]]:
    return {(loss.kind.code, loss.about) for loss in list_losses(said, draw_design(**given))}


def test_a_plain_pass_without_places_loses_nothing() -> None:
    assert lost() == set()


@pytest.mark.parametrize(
    ("said", "given", "loss"),
    [
        (QUIET, {"foreground": "#5577aa"}, ("hard_to_read", "foreground")),
        (QUIET, {"label": "#ddeeff"}, ("text_colours_ignored", "foreground")),
        (QUIET, {"front": (TEXT,) * 4}, ("field_moved", "text-4")),
        (QUIET, {"front": (TEXT,) * 11}, ("text_left_out", "text-11")),
        (QUIET, {"name": "Les Grands Magasins de la Place"}, ("longer_than_recommended", "name")),
        (Said(tier=Tier("Ambassadrice")), {}, ("longer_than_recommended", "tier")),
        (
            Said(balances=(Balance(name_fr="Points de fidélité"),)),
            {},
            ("longer_than_recommended", "points-lilas.label"),
        ),
        (QUIET, {"card_symbology": PassSymbology.CODE128}, ("code_not_on_watch", "card")),
        (QUIET, {"uploaded": {"strip": (1125, 432)}}, ("no_strip", "strip")),
        (QUIET, {"uploaded": {"hero": (1032, 336)}}, ("no_hero", "hero")),
        (QUIET, {"uploaded": {"icon": (90, 90)}}, ("emblem_blurred", "icon")),
        (QUIET, {"uploaded": {"icon": (660, 660)}}, ("emblem_cut_round", "icon")),
        (QUIET, {"rotates": True}, ("code_does_not_rotate", "rotates")),
        (QUIET, {"nfc": TapTerms("key", False)}, ("tap_needs_certificate", "nfc")),
        (QUIET._replace(may_notify=True), {}, ("change_has_no_words", "change")),
        (QUIET._replace(places=(object(),)), {}, ("no_text_per_place", "places")),
        (QUIET._replace(places=(object(),) * 11), {}, ("places_left_out", "places")),
        (QUIET._replace(beacon=object()), {}, ("no_beacons", "beacon")),
        (Said(), {}, ("no_linked_offers", "coupons")),
    ],
)
def test_each_loss_is_told(said: Said, given: dict[str, Any], loss: tuple[str, str]) -> None:
    assert loss in lost(said, **given)


def test_every_kind_of_loss_has_a_test_and_a_sentence_in_both_languages() -> None:
    (tested,) = (mark.args[1] for mark in test_each_loss_is_told.pytestmark)  # type: ignore[attr-defined]
    assert {loss for _, _, (loss, _) in tested} == KINDS.keys()
    assert all(getattr(kind.text, language) for kind in KINDS.values() for language in LANGUAGES)


def test_a_design_says_what_any_pass_of_it_would_lose() -> None:
    assert {"no_text_per_place", "no_beacons", "no_linked_offers"} <= {code for code, _ in lost(None)}


def test_contrast_is_that_of_the_guidelines() -> None:
    assert round(contrast_of("#000000", "#ffffff"), 2) == 21
    assert round(contrast_of("#777777", "#ffffff"), 2) == 4.48
    assert (ink_on("#ffee00"), ink_on("#1f3a5f")) == ("#000000", "#ffffff")
