"""Every kind of thing that a wallet does not show as it was drawn, with where it is known from."""

from typing import NamedTuple

from app.languages import Text
from wallet.designs.capabilities import WalletName


class LossKind(NamedTuple):
    """One kind of thing that a wallet does not show; `wallet` is None for what holds in each."""

    code: str
    wallet: WalletName | None
    text: Text


APPLE, GOOGLE = WalletName.APPLE, WalletName.GOOGLE

HARD_TO_READ = LossKind(
    "hard_to_read",
    None,
    Text(
        fr="La couleur {colour} se lit mal sur {ground} : contraste de {contrast}, il en faut {least}.",
        en="The colour {colour} is hard to read on {ground}: a contrast of {contrast} where {least} are needed.",
    ),
)
"""WCAG 2.2, success criterion 1.4.3 (level AA)."""

NO_TEXT_PER_PLACE = LossKind(
    "no_text_per_place",
    GOOGLE,
    Text(
        fr="Google Wallet ne montre aucun texte par lieu : il dit seulement que la carte peut servir ici.",
        en="Google Wallet shows no text of each place: it only says that the card can be used here.",
    ),
)
"""`merchantLocations` of the Google Wallet API has a latitude and a longitude, and no words."""

NO_BEACONS = LossKind(
    "no_beacons",
    GOOGLE,
    Text(
        fr="Google Wallet ne connaît pas les balises : elles n'y font apparaître aucune carte.",
        en="Google Wallet knows no beacons: they bring no card forward there.",
    ),
)
"""No resource of the Google Wallet API names a beacon; `pass.json` of Apple has `beacons`."""

NO_LINKED_OFFERS = LossKind(
    "no_linked_offers",
    APPLE,
    Text(
        fr="Dans Apple Wallet, un bon ne rejoint pas la carte de lui-même : il est listé au dos, ou ajouté à part.",
        en="In Apple Wallet a coupon does not join the card by itself: it is listed on the back, or added on its own.",
    ),
)
"""`linkedObjectIds` of the Google Wallet API has no counterpart in `pass.json`."""

FIELD_MOVED = LossKind(
    "field_moved",
    APPLE,
    Text(
        fr="« {label} » passe au dos : la face d'Apple Wallet n'a plus de place à cet endroit.",
        en="“{label}” goes to the back: the front in Apple Wallet has no place left there.",
    ),
)
"""Apple, Wallet Developer Guide: three header fields, one primary field, four secondary and auxiliary ones together
beside a square code."""

TEXT_LEFT_OUT = LossKind(
    "text_left_out",
    GOOGLE,
    Text(
        fr="« {label} » n'est pas montré : Google Wallet affiche dix textes au plus.",
        en="“{label}” is not shown: Google Wallet displays ten texts at most.",
    ),
)
"""Google Wallet API: at most ten `textModulesData` of an object are displayed."""

TOO_LONG = LossKind(
    "longer_than_recommended",
    GOOGLE,
    Text(
        fr="« {words} » a {length} {length:caractère|caractères} : Google conseille {most} au plus, et peut couper le"
        " reste.",
        en="“{words}” has {length} {length:character|characters}: Google recommends {most} at most, and may cut the"
        " rest.",
    ),
)
"""Reference of LoyaltyClass, LoyaltyObject and OfferClass: "recommended maximum length … to ensure full string is
displayed on smaller screens"."""

NOT_ON_A_WATCH = LossKind(
    "code_not_on_watch",
    APPLE,
    Text(
        fr="Un code-barres Code 128 ne s'affiche pas sur Apple Watch ; un QR code, oui.",
        en="A Code 128 barcode is not displayed on an Apple Watch; a QR code is.",
    ),
)
"""Apple, reference of `PKBarcodeFormatCode128`: not supported by watchOS."""

COLOURS_IGNORED = LossKind(
    "text_colours_ignored",
    GOOGLE,
    Text(
        fr="Google Wallet choisit lui-même la couleur des textes, d'après le fond {ground}.",
        en="Google Wallet chooses the colour of words itself, by the background {ground}.",
    ),
)
"""The Google Wallet API has `hexBackgroundColor` and no colour of texts."""

NO_STRIP = LossKind(
    "no_strip",
    GOOGLE,
    Text(
        fr="Le bandeau n'est pas montré par Google Wallet : envoyez aussi une image de couverture (hero).",
        en="Google Wallet does not show the strip: send a hero as well.",
    ),
)
"""Google's brand guidelines: `heroImage` is the one wide picture of a loyalty card."""

NO_HERO = LossKind(
    "no_hero",
    APPLE,
    Text(
        fr="L'image de couverture n'est pas montrée par Apple Wallet : envoyez aussi un bandeau (strip).",
        en="Apple Wallet does not show the hero: send a strip as well.",
    ),
)
"""Apple, "Pass Design and Creation": store cards and coupons show a logo, an icon and a strip."""

EMBLEM_BLURRED = LossKind(
    "emblem_blurred",
    GOOGLE,
    Text(
        fr="L'icône a {width} px de côté : Google en demande 660, elle y sera floue.",
        en="The icon has {width} px a side: Google asks for 660, and it will be blurred there.",
    ),
)
"""Google's brand guidelines for loyalty cards: logos of 660 x 660 pixels at least."""

EDGES_CUT = LossKind(
    "emblem_cut_round",
    GOOGLE,
    Text(
        fr="Google Wallet découpe l'icône en rond : ses coins, et une marge de 15 %, ne se voient pas.",
        en="Google Wallet cuts the icon round: its corners, and a margin of 15%, are not seen.",
    ),
)
"""Google's brand guidelines: the logo is masked to a circle and needs a margin of 15%."""

NO_ROTATION = LossKind(
    "code_does_not_rotate",
    APPLE,
    Text(
        fr="Apple Wallet ne sait pas faire tourner un code : il change après chaque utilisation, pas toutes les 30"
        " secondes.",
        en="Apple Wallet cannot rotate a code: it changes after each use, not every 30 seconds.",
    ),
)
"""`rotatingBarcode` is of the Google Wallet API alone; `pass.json` has `barcodes`, which only an update changes."""

TAP_NEEDS_CERTIFICATE = LossKind(
    "tap_needs_certificate",
    APPLE,
    Text(
        fr="Le sans-contact (NFC) d'Apple Wallet demande un certificat qu'Apple n'accorde que sur dossier.",
        en="NFC in Apple Wallet needs a certificate that Apple grants on application only.",
    ),
)
"""Apple, reference of `nfc` in `pass.json`: passes with it must be signed with an NFC certificate."""

OWN_WORDS = LossKind(
    "change_has_no_words",
    GOOGLE,
    Text(
        fr="Google Wallet annonce un changement avec ses propres mots : les vôtres n'y sont pas lus.",
        en="Google Wallet announces a change in words of its own: yours are not read there.",
    ),
)
"""`notifyPreference` of the Google Wallet API says that a change is announced, and not how."""

TOO_MANY_PLACES = LossKind(
    "places_left_out",
    None,
    Text(
        fr="{count} {count:lieu|lieux} : chaque portefeuille en retient dix.",
        en="{count} {count:place|places}: each wallet keeps ten.",
    ),
)
"""Apple, reference of `locations`: ten at most. Google: more than ten `merchantLocations` are rejected."""

KINDS = {one.code: one for one in tuple(globals().values()) if isinstance(one, LossKind)}
"""Every kind by its code."""
