"""What is theirs stays theirs: the member reads what is held, who read it, takes it along, and leaves."""

import time
from typing import Any

from tests.tour.calling import Caller
from tests.tour.member import TOUCHPOINT, allow, words
from tests.tour.people import Cast, code_in_mail, new_email
from tests.tour.telling import Story, names_in

ERASED_WITHIN_S, TRIES = 40, 4


def read_everything(story: Story, phone: Caller, card: dict[str, Any]) -> None:
    """Access, portability, and who looked."""
    story.step("The member asks for everything that is held of them")
    held = story.expect(phone.get("/v1/me/export"), 200)
    tables = {part["table"] for part in held["data"]}
    story.note(", ".join(sorted(tables)))
    story.proves("cards, coupons, permissions, decisions: all of it", {"card", "coupon", "decision"} <= tables)
    columns = [column for part in held["data"] for column in part["columns"]]
    explained = all(column["what"] and column["purposes"] and column["kept"] for column in columns)
    story.proves("each kind of value says what it is, what for, and how long it is kept", explained)
    story.proves("and nowhere is a position", not {"lat", "lon"} & names_in(held))

    story.step("The member takes their data elsewhere")
    carried = story.expect(phone.get("/v1/me/portability"), 200)
    story.proves("a documented file that another wallet can read, with the card in it", card["code"] in str(carried))

    story.step("The member asks who read their data")
    reads = story.expect(phone.get("/v1/me/reads"), 200)["items"]
    story.proves(
        "the till that scanned the card is named, by role and date", any(r["role"] == "terminal" for r in reads)
    )


def be_forgotten(story: Story, cast: Cast) -> None:
    """Another member comes, allows something, and is erased."""
    story.step("Another person opens a wallet, takes a card, allows offers, and then wants to be forgotten")
    email, anyone = new_email(), cast.anyone("another phone")
    anyone.post("/v1/sign-in-codes", {"email": email})
    opened = anyone.post("/v1/sessions", {"email": email, "code": code_in_mail(email)}).json
    phone = anyone.with_token(opened["access_token"])
    phone.post("/v1/cards", {"brand": cast.brand, "display_name": "Dominique"})
    text = phone.get(words(cast, TOUCHPOINT)).json["items"][0]
    allow(phone, cast, TOUCHPOINT, "alert_on_request", text["sha256"])
    request = story.expect(phone.post("/v1/rights-requests", {"kind": "erasure"}), 201)
    story.proves("the request is written down before anything is deleted, with its legal date", bool(request["due_at"]))

    story.step("Somebody tries their token")
    story.expect(phone.get("/v1/cards"), 401, "unauthenticated")
    story.proves("every sign-in ended with the request")

    story.step("The same address comes back a little later")
    cards = story.expect(_come_back(story, anyone, email).get("/v1/cards"), 200)["items"]
    story.proves("it opens a new wallet, and there is nothing in it", cards == [])


def _come_back(story: Story, anyone: Caller, email: str) -> Caller:
    """A new wallet. A code that is asked for while the old one is being erased goes with it, so we may ask again."""
    for _ in range(TRIES):
        time.sleep(ERASED_WITHIN_S / TRIES)
        anyone.post("/v1/sign-in-codes", {"email": email})
        opened = anyone.post("/v1/sessions", {"email": email, "code": code_in_mail(email)})
        if opened.status == 201:
            return anyone.with_token(opened.json["access_token"])
    story.fail(f"the wallet was not erased within {ERASED_WITHIN_S} seconds")
