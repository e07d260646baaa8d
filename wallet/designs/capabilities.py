"""What each wallet shows, and its limits, as data.

Sources: Apple, "Pass Design and Creation" (Wallet Developer Guide) and the reference of `pass.json`; Google Wallet API,
discovery document of 2026-08-06, and its guides for loyalty cards and offers.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from wallet.designs.fields import FieldPlace, FieldShows


class WalletName(StrEnum):
    """The wallets that passes go to."""

    APPLE = "apple"
    GOOGLE = "google"


class PassSymbology(StrEnum):
    """How the code of a pass is drawn: what both wallets can draw."""

    QR = "qr"
    PDF417 = "pdf417"
    AZTEC = "aztec"
    CODE128 = "code128"


SQUARES = frozenset({PassSymbology.QR, PassSymbology.AZTEC})


class Capabilities(NamedTuple):
    """What one wallet can show."""

    places: int
    """Places at which it is put forward."""
    says_places: bool
    """Whether each place has words of its own."""
    has_beacons: bool
    links_offers: bool
    """Whether a coupon appears by itself beside a card that is in the wallet."""
    has_text_colours: bool
    has_strip: bool
    has_hero: bool
    rotates_code: bool
    most_header: int
    most_primary: int
    most_front_square: int
    """Secondary and auxiliary fields together, beside a square code."""
    most_row: int
    """Fields of each of these two rows, beside a wide code."""
    most_texts: int | None
    """Fields of all places together; None where the back takes any number."""
    lengths: Mapping[str, int]
    """Characters that it recommends, by what is written."""


WALLETS: dict[WalletName, Capabilities] = {
    # "A pass can have up to three header fields, a single primary field, up to four secondary fields, and up to four
    # auxiliary fields"; with a square code "up to four secondary and auxiliary fields, combined".
    WalletName.APPLE: Capabilities(
        places=10,
        says_places=True,
        has_beacons=True,
        links_offers=False,
        has_text_colours=True,
        has_strip=True,
        has_hero=False,
        rotates_code=False,
        most_header=3,
        most_primary=1,
        most_front_square=4,
        most_row=4,
        most_texts=None,
        lengths={},
    ),
    # Ten `textModulesData` on an object; balance, tier and name have places of their own. Lengths are those that the
    # reference of LoyaltyClass and LoyaltyObject recommends "to ensure full string is displayed on smaller screens".
    WalletName.GOOGLE: Capabilities(
        places=10,
        says_places=False,
        has_beacons=False,
        links_offers=True,
        has_text_colours=False,
        has_strip=False,
        has_hero=True,
        rotates_code=True,
        most_header=10,
        most_primary=10,
        most_front_square=10,
        most_row=10,
        most_texts=10,
        lengths={"name": 20, "points": 9, "balance": 7, "tier": 7, "title": 60},
    ),
}


APART: dict[WalletName, frozenset[FieldShows]] = {
    WalletName.APPLE: frozenset(),
    WalletName.GOOGLE: frozenset({FieldShows.POINTS, FieldShows.TIER, FieldShows.NAME}),
}
"""What has a place of its own, and takes none of the texts."""
ROWS = (FieldPlace.SECONDARY, FieldPlace.AUXILIARY)


def is_full(place: FieldPlace, taken: Sequence[FieldPlace], wallet: WalletName, symbology: PassSymbology) -> bool:
    """Whether a place of the front shows no field beside these."""
    can = WALLETS[wallet]
    if place is FieldPlace.HEADER:
        return taken.count(place) >= can.most_header
    if place is FieldPlace.PRIMARY:
        return taken.count(place) >= can.most_primary
    if place is FieldPlace.BACK:
        return False
    if symbology in SQUARES:
        return sum(taken.count(row) for row in ROWS) >= can.most_front_square
    return taken.count(place) >= can.most_row
