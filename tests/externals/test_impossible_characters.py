"""NUL and half a sign, anywhere in a file of cards: the card that has it is refused, and the others come in."""

import json

import pytest

from tests.externals import files
from tests.externals.factories import EAN, held, zipped
from tests.externals.test_card_import import findings, imported, outcomes
from tests.factories import member_token

HALF, NUL = "\ud800", "\0"
signs = pytest.mark.parametrize("sign", [HALF, "\udfff", NUL], ids=["first half", "second half", "nul"])
CATIMA_HEAD = "_id,store,note,cardid,barcodeid,barcodetype,lastused"


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


def raw(text: str) -> bytes:
    """The text in bytes, with halves of signs as some writers put them there."""
    return text.encode("utf-8", "surrogatepass")


def refused_alone(phone, member, content):
    """Whether exactly one card of the file was refused for its characters, and the rest came in."""
    report = imported(phone, content)
    assert findings(report).count("text_unstorable") == 1
    assert sorted(set(outcomes(report)) & {"accepted", "corrected"}) != []
    assert outcomes(report).count("refused") == 1
    assert len(held(member)) == len(outcomes(report)) - 1
    phone.language = "fr"
    assert "caractère impossible" in json.dumps(imported(phone, content), ensure_ascii=False)


@signs
@pytest.mark.parametrize(
    "given",
    [
        lambda sign: {"description": f"a{sign}"},
        lambda sign: {"code": f"7{sign}", "codeType": "QR"},
        lambda sign: {"codeType": sign},
        lambda sign: {"color": sign},
        lambda sign: {sign: 1},
        lambda sign: {"unknown": [{"deep": {sign: sign}}]},
    ],
)
def test_in_voucher_vault(phone, member, sign, given):
    (card,) = json.loads(files.vault())
    refused_alone(phone, member, json.dumps([card | given(sign), card | {"code": EAN}]).encode())


@signs
@pytest.mark.parametrize("column", CATIMA_HEAD.split(",")[1:])
def test_in_catima(phone, member, sign, column):
    cells = dict.fromkeys(CATIMA_HEAD.split(","), "1") | {"_id": "1", "barcodetype": "", column: f"a{sign}"}
    refused_alone(phone, member, raw(f"{CATIMA_HEAD}\n{','.join(cells.values())}\n2,Club,,55,,,\n"))


@signs
def test_in_a_group_of_catima(phone, member, sign):
    refused_alone(phone, member, raw(files.CATIMA_2.replace("2,Santé", f"2,San{sign}")))


@signs
@pytest.mark.parametrize("cell", ["Retailer", "Program", "Reference", "Firstname"])
def test_in_fidme(phone, member, sign, cell):
    head = ["Retailer", "Program", "Reference", "Firstname"]
    row = ";".join(f"a{sign}" if name == cell else "b" for name in head)
    table = raw(f"{';'.join(head)}\n{row}\nClub;;55;\n")
    refused_alone(phone, member, zipped(**{"loyalty_programs.csv": table}))


@signs
@pytest.mark.parametrize(
    "given", [{"input_id": "7{}"}, {"input_provider_name": "{}"}, {"label": "{}"}, {"device": "{}"}, {"{}": 1}]
)
def test_in_a_card_of_stocard(phone, member, sign, given):
    said = {name.format(sign): value.format(sign) if value != 1 else 1 for name, value in given.items()}
    content = json.dumps({"input_id": "7", "input_provider_name": "Club"} | said)
    refused_alone(phone, member, files.stocard(**{"loyalty-cards/c9/content.json": content}))


@signs
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("loyalty-cards/c1/notes/default/content.json", {"content": "a{}"}),
        ("loyalty-card-custom-providers/p1/content.json", {"name": "a{}"}),
    ],
)
def test_beside_a_card_of_stocard(phone, member, sign, name, content):
    said = json.dumps({key: value.format(sign) for key, value in content.items()})
    refused_alone(phone, member, files.stocard(**{name: said}))


@signs
@pytest.mark.parametrize(
    "given",
    [
        lambda sign: {"organizationName": sign},
        lambda sign: {"barcodes": [{"format": "PKBarcodeFormatQR", "message": f"7{sign}"}]},
        lambda sign: {"storeCard": {"backFields": [{"key": "k", "value": sign}]}},
        lambda sign: {"userInfo": {sign: sign}},
        lambda sign: {"serialNumber": sign},
    ],
)
def test_in_a_pass(phone, member, sign, given):
    bundle = {"1.pkpass": files.pkpass(**given(sign)), "2.pkpass": files.pkpass(serialNumber="2")}
    refused_alone(phone, member, zipped(**bundle))


@signs
def test_in_the_words_of_a_pass(phone, member, sign):
    words = f'"Niveau" = "a\\U{ord(sign):04x}";'
    pass_json = json.dumps(
        {
            "organizationName": "Club",
            "barcode": {"format": "PKBarcodeFormatQR", "message": "7"},
            "storeCard": {"backFields": [{"label": "Niveau", "value": "1"}]},
        }
    )
    one = zipped(**{"pass.json": pass_json, "fr.lproj/pass.strings": words})
    refused_alone(phone, member, zipped(**{"1.pkpass": one, "2.pkpass": files.pkpass()}))


def test_two_halves_that_belong_together_are_their_sign(phone, member):
    """As Java writes it: each half in three bytes."""
    imported(phone, files.CATIMA_1.encode().replace(b"Club", b"Club \xed\xa0\xbd\xed\xb8\x80"))
    assert held(member)[1].programme == "Club 😀"


@signs
def test_in_the_code_of_a_typed_card(phone, sign):
    answer = phone.post("/v1/external-cards", {"programme": "a", "code": sign, "symbology": "qr"})
    assert (answer.status_code, answer.json["code"]) == (422, "malformed")
