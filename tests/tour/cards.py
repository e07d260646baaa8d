"""Every card in one wallet: a file of another app comes in, and what does not belong here stays at the door."""

import io
import zipfile

from tests.tour.calling import Caller
from tests.tour.telling import Story

BARCODE = "4006381333931"
IBAN, LATITUDE = "FR7630006000011234567890189", "48.8566140"

FIDME = {
    "loyalty_programs.csv": (
        "Retailer;Program;Added at;Reference;Firstname;Lastname\n"
        f"Librairie du Canal;Carte de lecteur;2019-05-18 10:02;{BARCODE};Camille;Martin\n"
        "Fleuriste;;2020-02-29 09:00;;Camille;Martin\n"
    ),
    "user_profile.csv": f"Email;IBAN;Latitude;Longitude\ncamille@example.org;{IBAN};{LATITUDE};2.3522219\n",
}
"""What FidMe gives to somebody who leaves: a card, a row without a number, and a profile."""


def bring(story: Story, phone: Caller) -> None:
    """The member brings the cards that they kept in FidMe."""
    story.step("The member brings a file of FidMe, and first only tries it")
    file = fidme()
    tried = story.expect(phone.upload("/v1/external-card-imports?dry_run=true", file), 200)
    story.proves("a report says what would come in, and why not", tried["counts"]["accepted"] == 1)
    story.proves("nothing was kept yet", phone.get("/v1/external-cards").json["items"] == [])

    story.step("Then for good")
    report = story.expect(phone.upload("/v1/external-card-imports", file), 200)
    dropped = {one["code"] for one in report["dropped"]}
    story.note(", ".join(sorted(dropped)))
    story.proves(
        "bank details and positions were left at the door, and named", {"bank_details", "positions"} <= dropped
    )
    [card] = phone.get("/v1/external-cards").json["items"]
    story.proves("the card is there with its number", card["code"] == BARCODE)
    held = phone.get("/v1/me/export").body.decode()
    story.proves("and nowhere in what is held are the bank account or the position", not _any_in(held, IBAN, LATITUDE))

    story.step("The same file again")
    again = story.expect(phone.upload("/v1/external-card-imports", file), 200)
    story.proves("changes nothing", (again["counts"]["unchanged"], again["counts"]["accepted"]) == (1, 0))

    story.step("The member says what kind of barcode it is, and shows it")
    etag = phone.get(f"/v1/external-cards/{card['id']}").headers["ETag"]
    wish = {"programme": card["programme"], "code": BARCODE, "symbology": "ean_13"}
    story.expect(phone.put(f"/v1/external-cards/{card['id']}", wish, match=etag), 200)
    drawn = phone.get(f"/v1/external-cards/{card['id']}/barcode.svg").body
    story.proves("drawn for the till, without a network", drawn.startswith(b"<") and b"<svg" in drawn[:300])


def fidme() -> bytes:
    """The zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in FIDME.items():
            archive.writestr(name, text)
    return file.getvalue()


def _any_in(text: str, *words: str) -> bool:
    return any(word in text for word in words)
