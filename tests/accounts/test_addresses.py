"""Addresses as people type them: on the keyboards of phones, in groups of digits, overseas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.addresses import email_address, is_texted, phone_number
from app.characters import SEEN_BY_NOBODY

spaces = st.text(alphabet=SEEN_BY_NOBODY, max_size=3)


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("07.56.78.90.12", "+33756789012"),
        ("0690 71 09 47", "+590690710947"),
        ("0691 22 09 47", "+590691220947"),
        ("0692 71 45 01", "+262692714501"),
        ("0693 20 12 34", "+262693201234"),
        ("0639 69 12 34", "+262639691234"),
        ("0694 20 12 34", "+594694201234"),
        ("0696 20 12 34", "+596696201234"),
        ("0697 20 12 34", "+596697201234"),
        ("+33 692 71 45 01", "+262692714501"),
        ("00 33 6 12 34 56 78", "+33612345678"),
        ("06\u202f12\u00a034 56\u200b78\n", "+33612345678"),
        ("+41 79 123 45 67", "+41791234567"),
    ],
)
def test_a_phone_number_has_one_spelling(typed: str, spelt: str) -> None:
    assert phone_number(typed).value == spelt


@pytest.mark.parametrize("typed", ["", "12", "hello", "0612", "+33 692 71 45", "06 12 34 56 78 90", "+999 12345"])
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Not a phone number"):
        phone_number(typed)


@given(spaces, spaces)
def test_spaces_around_an_address_are_nobodys_fault(before: str, after: str) -> None:
    assert email_address(f"{before}Camille@example.org{after}").value == "camille@example.org"


@given(st.lists(spaces, min_size=11, max_size=11))
def test_spaces_in_a_phone_number_are_nobodys_fault(between: list[str]) -> None:
    typed = "".join(space + digit for space, digit in zip(between, "0612345678 ", strict=True))
    assert phone_number(typed).value == "+33612345678"


@pytest.mark.parametrize("typed", ["camille @example.org", "cam\u00a0ille@example.org", "camille@exam ple.org"])
def test_a_space_within_an_e_mail_address_is_a_slip(typed: str) -> None:
    with pytest.raises(ValueError, match="Not an e-mail"):
        email_address(typed)


MOBILES = ["06 12 34 56 78", "0692 71 45 01", "+41 79 123 45 67", "+1 202 555 0143", "+44 7911 123456"]
NEVER_TEXTED = {
    "a landline": "+33 1 42 68 53 00",
    "premium rate": "0899 70 12 34",
    "premium rate abroad": "+1 900 555 1234",
    "shared cost": "0810 12 34 56",
    "free of charge": "0800 12 34 56",
    "a personal number": "+44 70 1234 5678",
    "a satellite": "+881 612 345 678",
    "a ship": "+870 773 123 456",
    "premium rate of no country": "+979 123 456 789",
}


@pytest.mark.parametrize("typed", MOBILES)
def test_a_mobile_is_texted(typed: str) -> None:
    assert is_texted(phone_number(typed))


@pytest.mark.parametrize("typed", NEVER_TEXTED.values(), ids=NEVER_TEXTED)
def test_a_number_that_costs_by_the_message_is_never_texted(typed: str) -> None:
    assert not is_texted(phone_number(typed))
