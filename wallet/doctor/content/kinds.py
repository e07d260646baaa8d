"""Which kind of value each key of `pass.json` has, and the keys there are (Apple, object `Pass`)."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from app.languages import Phrase, Text
from wallet.doctor.ailments import Symptoms
from wallet.doctor.content.findings import IdentityAilment

PASS = "pass.json"  # noqa: S105 - the name of a file

TEXT = Phrase(Text(fr="un texte", en="a text"))
NUMBER = Phrase(Text(fr="un nombre, sans guillemets", en="a number, without quotes"))
TRUTH = Phrase(Text(fr="true ou false", en="true or false"))
LIST = Phrase(Text(fr="une liste", en="a list"))
OBJECT = Phrase(Text(fr="un objet", en="an object"))
DATE = Phrase(Text(fr="une date en texte", en="a date as text"))

STYLES = ("storeCard", "coupon", "generic", "eventTicket", "boardingPass", "posterGeneric")
POSTER = {"generic", "posterGeneric"}
"""A pass of iOS 27 and what older phones show of it, in one file."""
TEXTS = (
    *("organizationName", "description", "passTypeIdentifier", "teamIdentifier", "serialNumber", "logoText"),
    *("backgroundColor", "foregroundColor", "labelColor", "stripColor", "footerBackgroundColor"),
    *("webServiceURL", "authenticationToken", "groupingIdentifier", "appLaunchURL"),
)
NUMBERS = ("maxDistance",)
TRUTHS = ("voided", "sharingProhibited", "suppressStripShine", "suppressHeaderDarkening", "useAutomaticColors")
LISTS = ("associatedStoreIdentifiers",)
OBJECTS = ("nfc", "barcode", *STYLES)
WITH_CHECKS_OF_THEIR_OWN = ("formatVersion", "expirationDate", "relevantDate")
OTHERS = (
    *("locations", "beacons", "barcodes", "relevantDates", "userInfo", "semantics", "preferredStyleSchemes"),
    *("auxiliaryStoreIdentifiers", "eventLogoText", "additionalInfoFields", "upcomingPassInformation"),
)
KINDS: tuple[tuple[tuple[str, ...], tuple[type, ...], Phrase], ...] = (
    (TEXTS, (str,), TEXT),
    (NUMBERS, (int, float), NUMBER),
    (TRUTHS, (bool,), TRUTH),
    (LISTS, (list,), LIST),
    (OBJECTS, (dict,), OBJECT),
)
KNOWN = {*TEXTS, *NUMBERS, *TRUTHS, *LISTS, *OBJECTS, *WITH_CHECKS_OF_THEIR_OWN, *OTHERS}
LIKE = 0.86
"""How alike two names are of which one is a slip: a letter or two of some fifteen."""
MOST_UNKNOWN, LONGEST_KEY = 50, 40
"""Unknown keys that are compared with all others, and their characters."""


def check_kinds(content: Mapping[str, Any], *, symptoms: Symptoms) -> None:
    """Note values of another kind than their keys want, and keys that are nearly those of Apple."""
    for names, types, kind in KINDS:
        for name in names:
            if name in content and not is_one_of(content[name], *types):
                symptoms.note(IdentityAilment.KIND_WRONG, f"{PASS}#/{name}", key=name, kind=kind)
    unknown = [key for key in content if key not in KNOWN and len(key) <= LONGEST_KEY]
    for key in unknown[:MOST_UNKNOWN]:
        for meant in get_close_matches(key, KNOWN, n=1, cutoff=LIKE):
            symptoms.note(IdentityAilment.KEY_MISSPELT, f"{PASS}#/{pointed(key)}", key=key, meant=meant)


def is_one_of(value: Any, *types: type) -> bool:
    """Whether a value has one of these types; true and false are no numbers, as they are for Python."""
    return type(value) in types


def is_number(value: Any) -> bool:
    """Whether a value is a number of JSON."""
    return is_one_of(value, int, float)


def entries_of(content: Mapping[str, Any], key: str, symptoms: Symptoms) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a list with the place of each; what is no list, and no object in it, is noted."""
    listed = content.get(key)
    if listed is None:
        return
    if not isinstance(listed, list):
        symptoms.note(IdentityAilment.KIND_WRONG, f"{PASS}#/{key}", key=key, kind=LIST)
        return
    for place, entry in enumerate(listed):
        about = f"{PASS}#/{key}/{place}"
        if isinstance(entry, dict):
            yield about, entry
        else:
            symptoms.note(IdentityAilment.KIND_WRONG, about, key=key, kind=OBJECT)


def pointed(key: str) -> str:
    """A key as a JSON Pointer writes it (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
