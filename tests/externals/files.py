"""Files of other wallets, as they write them; what must never come in is spelt CANARY."""

import json
from typing import Any

from tests.externals.factories import EAN, zipped

CANARY = "canari-jamais-gardé"
CANARY_PLACE = 48.8532177

CATIMA_1 = f"""_id,store,note,expiry,balance,balancetype,cardid,barcodeid,barcodetype,headercolor,starstatus
1,Librairie,"deux
lignes",1893452400,100,USD,1234,{EAN},EAN_13,-416706,1
2,Club,,,0,,55,,,,0
"""
CATIMA_2 = f"""2

_id
Livres
Santé

_id,store,note,validfrom,expiry,balance,balancetype,cardid,barcodeid,barcodetype,headercolor,starstatus,lastused,archive
1,Librairie,"deux

lignes",,1893452400000,12.50,EUR,{EAN},,EAN_13,-16777216,0,1618053234,0
2,Pharmacie,,1618053234,,150,,A-7,,QR_CODE,,1,,1

cardId,groupId
1,Livres
2,Livres
2,Santé
"""


def fidme() -> bytes:
    """Three cards, of which one has no reference, with everything else that the service keeps."""
    cards = (
        "Retailer;Program;Added at;Reference;Firstname;Lastname\n"
        f"Librairie;Fidélité;2019-05-18 10:02 {CANARY};{EAN};{CANARY};{CANARY}\n"
        f"Sans code;;2019-05-18;;{CANARY};\n"
        '"Picard; Surgelés";Picard; 2020-01-01;7;;\n'
    )
    profile = f"Email;IBAN;Latitude;Longitude\n{CANARY}@example.org;FR76{CANARY};{CANARY_PLACE};2.3499021\n"
    return zipped(
        **{
            "loyalty_programs.csv": cards,
            "loyalty_points.csv": f"Program;Points;At\n{CANARY};7;2020\n",
            "loyalty_stamps.csv": CANARY,
            "loyalty_stamp_rewards.csv": CANARY,
            "tickets.csv": CANARY,
            "user_profile.csv": profile,
        }
    )


def vault(**given: Any) -> bytes:
    card = {
        "uuid": "ae1ae525-3f27-481e-853a-8c30b7fa12d8",
        "description": "Librairie",
        "code": EAN,
        "codeType": "EAN13",
        "expires": "2027-02-28T00:00:00.000",
        "removeOnceExpired": True,
        "balanceMilliunits": 3500,
        "color": "PURPLE",
    }
    return json.dumps([card | given]).encode()


STOCARD_USER = "3c7e7f0a-6a7a-4c5e-9d0e-1f0b6f5f9a10"
STOCARD = f"extracts/{STOCARD_USER}/users/{STOCARD_USER}"


def stocard(**given: bytes | str) -> bytes:
    """As the service wrote its exports: a card of a programme that its holder named, a known one, and an older one.

    Files can be put in, or replaced, by their names below the user's folder.
    """
    own = {
        "input_id": EAN,
        "input_barcode_format": "EAN_13",
        "input_provider_reference": {"identifier": f"/users/{STOCARD_USER}/loyalty-card-custom-providers/p1"},
        "label": "La mienne",
        "device_id": CANARY,
        "created_lat": CANARY_PLACE,
    }
    known = {
        "input_id": "0078",
        "input_barcode_format": "GS1_128",
        "input_provider_reference": {"identifier": "/loyalty-card-providers/43"},
        "input_provider_name": "Papeterie",
    }
    older = {"input_id": "77", "input_provider_reference": {"identifier": "/loyalty-card-providers/42"}}
    inside: dict[str, bytes | str] = {
        "analytics-properties/content.json": json.dumps({"name": CANARY}),
        "devices/d1/content.json": json.dumps({"name": CANARY}),
        "devices/d1/ip-location-wifi/content.json": json.dumps({"ip": CANARY}),
        "enabled-regions/r1/content.json": "{}",
        "loyalty-card-custom-providers/p1/content.json": json.dumps({"name": "Librairie du coin"}),
        "loyalty-card-custom-providers/p1/logo.png": CANARY,
        "loyalty-cards/c1/content.json": json.dumps(own),
        "loyalty-cards/c1/notes/default/content.json": json.dumps({"content": "au fond\ndu sac"}),
        "loyalty-cards/c1/usages/u1/content.json": json.dumps({"time": {"value": CANARY}, "lat": CANARY_PLACE}),
        "loyalty-cards/c1/usage-statistics/content.json": json.dumps({"usages": [{"time": {"value": CANARY}}]}),
        "loyalty-cards/c1/points-account/statement/content.json": json.dumps({"balance": CANARY}),
        "loyalty-cards/c1/images/front/front.jpg": CANARY,
        "loyalty-cards/c2/content.json": json.dumps(known),
        "loyalty-cards/c3/content.json": json.dumps(older),
    }
    return zipped(**{f"{STOCARD}/{name}": content for name, content in (inside | given).items()})


def pkpass(words: dict[str, str | bytes] | None = None, **given: Any) -> bytes:
    """A loyalty card as a pass; `words` are its translations by language."""
    content = {
        "formatVersion": 1,
        "passTypeIdentifier": "pass.org.example",
        "organizationName": "Librairie",
        "description": "Carte de fidélité",
        "serialNumber": CANARY,
        "authenticationToken": CANARY,
        "webServiceURL": f"https://{CANARY}.example.org",
        "userInfo": {"iban": CANARY},
        "locations": [{"latitude": CANARY_PLACE, "longitude": 2.35, "relevantText": CANARY}],
        "backgroundColor": "rgb(23, 187, 82)",
        "expirationDate": "2027-02-28T23:59+01:00",
        "barcodes": [{"format": "PKBarcodeFormatQR", "message": "LIB-7", "altText": "n° 7"}],
        "storeCard": {"primaryFields": [{"key": "level", "label": "Niveau", "value": "Or"}]},
    }
    tables = {f"{locale}.lproj/pass.strings": table for locale, table in (words or {}).items()}
    return zipped(**{"pass.json": json.dumps(content | given), "icon.png": CANARY, "manifest.json": "{}"} | tables)


def coupon(**given: Any) -> bytes:
    """A coupon that carries the number of the card of `pkpass`."""
    style = {"primaryFields": [{"key": "offer", "label": "Bon", "value": "5 € de remise"}]}
    return pkpass(**({"serialNumber": "bon-1", "storeCard": None, "coupon": style, "description": "Bon"} | given))
