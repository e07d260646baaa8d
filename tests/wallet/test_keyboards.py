"""What the same scanner types into the tills of other countries is read as the same code, number and paper code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wallet.test_codes import codes, parts
from wallet.cards.models import NumberKind
from wallet.cards.numbers import read_number
from wallet.passes.codes import check_symbol, read_code, read_printed
from wallet.passes.errors import ArticleScanned, CodeMistyped, LinkScanned, PhoneNumberScanned

PRESSED = "1234567890-]AQZWM:/"
TILLS = {
    "AZERTY, Windows": "&é\"'(-è_çà)$QAWZ?M:",
    "AZERTY, Windows, caps lock": "1234567890°£qawz,M/",
    "AZERTY, Mac and iPad": "&é\"'(§è!çà)$QAWZ?M:",
    "AZERTY, Mac, caps lock": "&É\"'(§È!ÇÀ)$QAWZ?M:",
    "AZERTY, Belgium": "&é\"'(§è!çà)$QAWZ?M:",
    "QWERTZ, Germany": "1234567890ß+AQYWMÖ-",
    "QWERTZ, Switzerland": "1234567890'¨AQYWMé-",
    "Spain": "1234567890'+AQZWMÑ-",
    "Italy": "1234567890'+AQZWMç-",
}
every_till = pytest.mark.parametrize("till", TILLS)
SYMBOLOGIES = ["", "]Q1", "]C1", "]E0", "]d2", "]A0"]
"""None, QR code, GS1-128, EAN-13, Data Matrix, Code 39."""


def arriving(till: str, text: str) -> str:
    """What the till gets when an American keyboard presses the keys of this text."""
    keys = str.maketrans(PRESSED + ("Y" if "QWERTZ" in till else ""), TILLS[till] + ("Z" if "QWERTZ" in till else ""))
    small = "caps lock" in till and "Windows" in till
    arrived = text.translate(keys)
    return arrived.swapcase() if small and arrived.isascii() else arrived


@every_till
@given(code=codes, symbology=st.sampled_from(SYMBOLOGIES))
def test_a_card_is_read_at_every_till(till: str, code: str, symbology: str) -> None:
    assert read_code(arriving(till, symbology + code)) == code


def test_signs_of_a_keyboard_weigh_more_than_a_code_that_fits_by_chance() -> None:
    code = "5MAM-000G-001R-0001-0009"
    assert read_code(arriving("AZERTY, Windows, caps lock", f"]C1{code}")) == code


@every_till
@given(parts=st.lists(parts, min_size=3, max_size=5))
def test_a_code_on_paper_is_read_at_every_till(till: str, parts: list[str]) -> None:
    code = "-".join(part + check_symbol(number, part) for number, part in enumerate(parts, start=1))
    assert read_printed(arriving(till, code)) == code


@every_till
@given(number=st.from_regex(r"[0-9]{6,20}", fullmatch=True))
@pytest.mark.parametrize("symbology", ["", "]E0"])
def test_a_number_of_the_brand_is_read_at_every_till(till: str, symbology: str, number: str) -> None:
    assert read_number(arriving(till, symbology + number), kind=NumberKind.BRAND_NUMBER) == number


def test_a_number_of_sixes_is_read_though_each_arrives_as_a_dash() -> None:
    assert read_number(arriving("AZERTY, Windows", "666666"), kind=NumberKind.BRAND_NUMBER) == "666666"


@pytest.mark.parametrize(
    "typed", ["i9oD/V467/8Dsz", "i9oD V467 8Dsz", "I9OD_V467_8DSZ", "190d·v467·8d52", "190DV4678D52"]
)
def test_groups_on_paper_stand_apart_by_any_sign(typed: str) -> None:
    assert read_printed(typed) == "190D-V467-8D52"


@given(codes, st.sampled_from("/·_|:;*~#"))
def test_groups_of_a_card_stand_apart_by_any_sign(code: str, sign: str) -> None:
    assert read_code(code.replace("-", sign)) == code


ELSE = {
    "4006381333931": ArticleScanned,
    "036000291452": ArticleScanned,
    "40170725": ArticleScanned,
    "]E04006381333931": ArticleScanned,
    '\'àà-"_&"""ç"&': ArticleScanned,
    "https://example.org/k/7QK3": LinkScanned,
    "WWW.EXAMPLE.ORG": LinkScanned,
    "0612345678": PhoneNumberScanned,
    "06 12 34 56 78": PhoneNumberScanned,
    "+33 6 12 34 56 78": PhoneNumberScanned,
    "0692 71 45 01": PhoneNumberScanned,
}


@pytest.mark.parametrize("read", [read_code, read_printed])
@pytest.mark.parametrize("text", ELSE)
def test_what_is_something_else_is_called_what_it_is(read: object, text: str) -> None:
    with pytest.raises(CodeMistyped) as refusal:
        read(text)  # type: ignore[operator]
    assert type(refusal.value) is ELSE[text]


@pytest.mark.parametrize("text", ["2990000012344", "0400000000001", "20000004", "4006381333932", "12345678", "hello"])
def test_a_number_that_a_shop_may_give_itself_is_called_no_article(text: str) -> None:
    with pytest.raises(CodeMistyped) as refusal:
        read_code(text)
    assert type(refusal.value) is CodeMistyped


def test_letters_and_digits_alone_are_never_another_keyboards() -> None:
    with pytest.raises(CodeMistyped):
        read_code("QQBU-WVGV-6X9A-TFDD-8U00")
