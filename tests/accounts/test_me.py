"""What a member sees and decides of their wallet."""

from tests.accounts.factories import new_email, sign_in
from tests.factories import make_member, member_token
from tests.speaking import Speaker


def test_i_see_my_addresses(anyone: Speaker) -> None:
    email = new_email()
    me = anyone.with_token(sign_in(anyone, email)["access_token"]).get("/v1/me").get_json()
    assert [(a["kind"], a["value"]) for a in me["addresses"]] == [("email", email)]


def test_i_choose_my_language(anyone: Speaker) -> None:
    me = anyone.with_token(member_token(make_member(language="fr")))
    assert me.put("/v1/me", {"language": "en"}).get_json()["language"] == "en"
    assert me.get("/v1/me").get_json()["language"] == "en"


def test_my_choice_leaves_others_alone(anyone: Speaker) -> None:
    other = anyone.with_token(member_token(make_member(language="fr")))
    anyone.with_token(member_token(make_member())).put("/v1/me", {"language": "en"})
    assert other.get("/v1/me").get_json()["language"] == "fr"


def test_a_language_that_we_do_not_speak_is_malformed(anyone: Speaker) -> None:
    me = anyone.with_token(member_token(make_member()))
    assert me.put("/v1/me", {"language": "de"}).status_code == 422


def test_a_choice_needs_an_idempotency_key(anyone: Speaker) -> None:
    me = anyone.with_token(member_token(make_member()))
    answer = me.put("/v1/me", {"language": "en"}, headers={"Idempotency-Key": ""})
    assert answer.get_json()["code"] == "idempotency_key_missing"
