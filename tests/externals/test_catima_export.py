"""Cards leave as a file of Catima, and come back from it as they were."""

import csv
import io
from datetime import date

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from app import clock
from app.sql import db
from tests.externals.factories import CODES, EAN, add, held, wish_of
from tests.factories import NOON, make_member, member_token
from tests.sizes import chosen
from wallet.externals import card_import, external_cards
from wallet.externals.catima_export import catima_csv
from wallet.externals.errors import CodeWrong
from wallet.externals.models import Source, Symbology
from wallet.externals.rows import EARLIEST, LATEST, CardWish, Holder
from wallet.externals.schemas import ExternalCardIn
from wallet.externals.symbologies import check_code, check_digit_of


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


def test_the_file_is_as_catima_writes_it(phone, member):
    add(member, groups=("Livres",), note="a\nb", balance_minor=1250, currency="EUR", colour="#000000")
    add(member, code="7", symbology=Symbology.NONE, number="n° 7", programme="Club, le", balance_points=3)
    answer = phone.get("/v1/external-card-export")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="catima.csv"'
    assert answer.get_data(as_text=True) == (
        "2\r\n\r\n_id\r\nLivres\r\n\r\n"
        "_id,store,note,validfrom,expiry,balance,balancetype,cardid,barcodeid,barcodetype,barcodeencoding,"
        "headercolor,starstatus,lastused,archive\r\n"
        f'1,Librairie,"a\nb",,,12.50,EUR,{EAN},,EAN_13,,-16777216,0,,0\r\n'
        '2,"Club, le",,,,3,,n° 7,7,,,,0,,0\r\n'
        "\r\ncardId,groupId\r\n1,Livres\r\n"
    )


def test_an_expiry_is_noon_of_its_day_in_milliseconds(phone, member):
    add(member, expires_on=date(2030, 1, 1))
    assert ",1893499200000," in phone.get("/v1/external-card-export").get_data(as_text=True)


def test_what_a_spreadsheet_would_run_is_text_and_comes_back_as_it_was(phone, member, anyone):
    formula = "=HYPERLINK(A1)"
    add(
        member,
        programme=formula,
        note="@SUM(1)",
        groups=("-A1",),
        code="+cmd|'!",
        number="=1",
        symbology=Symbology.NONE,
    )
    written = phone.get("/v1/external-card-export").get_data(as_text=True)
    rows = [cell for row in csv.reader(io.StringIO(written, newline="")) for cell in row]
    assert {"'" + formula, "'@SUM(1)", "'-A1", "'+cmd|'!", "'=1"} <= set(rows)
    other = make_member()
    anyone.with_token(member_token(other)).post(
        "/v1/external-card-imports", data=written.encode(), headers={"Content-Type": "application/octet-stream"}
    )
    assert list(map(wish_of, held(other))) == list(map(wish_of, held(member)))


def test_an_empty_wallet_has_a_file_too(phone):
    assert phone.get("/v1/external-card-export").get_data(as_text=True).startswith("2\r\n")


def line(longest: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=longest)


def with_check_digit(symbology: Symbology, length: int) -> st.SearchStrategy[str]:
    bodies = st.text("0123456789", min_size=length - 1, max_size=length - 1)
    return bodies.map(lambda body: body + check_digit_of(symbology=symbology, body=body))


CODE = st.one_of(
    st.tuples(st.just(Symbology.NONE), line(20)),
    st.tuples(st.just(Symbology.EAN_13), with_check_digit(Symbology.EAN_13, 13)),
    st.tuples(st.just(Symbology.EAN_8), with_check_digit(Symbology.EAN_8, 8)),
    st.tuples(st.just(Symbology.UPC_A), with_check_digit(Symbology.UPC_A, 12)),
    st.tuples(
        st.sampled_from([Symbology.CODE_39, Symbology.CODE_93, Symbology.CODE_128]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=12),
    ),
    st.tuples(
        st.sampled_from([Symbology.QR, Symbology.AZTEC, Symbology.PDF_417, Symbology.DATA_MATRIX]),
        st.text(st.sampled_from("ab7é日\"',;\n\r\t\x1d "), min_size=1, max_size=20),
    ),
    st.sampled_from(list(CODES.items())),
)
BALANCE = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"amount_minor": st.integers(-(10**9), 10**9), "currency": st.sampled_from(["EUR", "JPY", "KWD", "USD"])}
    ),
    st.fixed_dictionaries({"points": st.integers(-(10**9), 10**9).filter(bool)}),
)
GIVEN = st.fixed_dictionaries(
    {
        "programme": line(80),
        "code": CODE,
        "encoding": st.sampled_from([None, "utf-8", "iso-8859-1", "windows-1252"]),
        "number": st.none() | line(20),
        "note": st.none()
        | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("\n\r\t"), min_size=1),
        "colour": st.none() | st.from_regex("#[0-9a-f]{6}", fullmatch=True),
        "expires_on": st.none() | st.dates(EARLIEST, LATEST).map(date.isoformat),
        "balance": BALANCE,
        "groups": st.lists(line(60), max_size=4),
    }
)


def taken(given_card: dict) -> CardWish | None:
    """The card as a member could add it; None for one that they could not."""
    symbology, code = given_card["code"]
    try:
        found = ExternalCardIn().load(given_card | {"symbology": str(symbology), "code": code})
        check_code(symbology=symbology, code=code, encoding=found["wish"].encoding)
    except (CodeWrong, ValidationError):
        return None
    return found["wish"]


@settings(max_examples=chosen().rows, suppress_health_check=list(HealthCheck))
@given(cards=st.lists(st.tuples(GIVEN, st.booleans()), max_size=6))
def test_whatever_leaves_comes_back_as_it_was(app, cards):
    here, there = make_member(), make_member()
    wishes = {wish.identity: (wish, archived) for card, archived in cards if (wish := taken(card)) is not None}
    assume(wishes)  # a file without cards is refused
    with db.system_transaction():
        for wish, archived in wishes.values():
            card = external_cards.add_card(member_id=here.id, wish=wish, source=Source.TYPED, now=NOON)
            card.archived_at = NOON if archived else None
    with db.system_transaction():
        file = catima_csv(member_id=here.id).encode()
        report = card_import.import_cards(
            member_id=there.id, content=file, currency="EUR", holder=Holder(), dry_run=False, now=clock.now()
        )
    assert {judged.outcome for judged in report.rows} <= {"accepted"}
    shown = [{(wish_of(card), card.archived_at is None) for card in held(member)} for member in (here, there)]
    assert shown[0] == shown[1]
    assert len(held(here)) == len(wishes)
