"""What people type, and noes in the files of brands."""

import csv
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app import clock
from app.accounts.models import MemberIdentifier
from app.commands.permissions import import_permissions
from app.consent.ledger import confirmation
from app.consent.models import State
from tests.accounts.factories import ask_code, last_code, messages_to, new_email
from tests.cases.case import Case
from tests.cases.commands import run_command
from tests.consent.factories import PARTNERS, give, make_recipient, states
from tests.factories import made, make_brand, make_member, save
from tests.speaking import Speaker


def try_people(folder: Path, anyone: Speaker) -> Iterator[Case]:
    """Phones, addresses, codes, noes."""
    yield from try_phones(folder, anyone)
    yield from try_sign_in(folder, anyone)
    yield from try_noes(folder)


def try_phones(folder: Path, anyone: Speaker) -> Iterator[Case]:
    """Each number as it is typed, and the one to which the code goes."""
    with (folder / "phones.csv").open(encoding="utf-8", newline="") as opened:
        for typed, spelling in list(csv.reader(opened, delimiter=";"))[1:]:
            before = len(messages_to(spelling))  # other tests write to such numbers too
            asked = anyone.post("/v1/sign-in-codes", {"phone": typed}).status_code
            went = [str(message["to"]) for message in messages_to(spelling)][before:]
            yield Case(f"phones.csv: {typed}", (202, [spelling]), (asked, went))


def try_sign_in(folder: Path, anyone: Speaker) -> Iterator[Case]:
    """Addresses and codes with what keyboards put around them; each for an address of its own."""
    given = json.loads((folder / "sign-in.json").read_text(encoding="utf-8"))
    for typed in given["email"]:
        address = new_email()
        spelt = typed.replace(given["is"], address)
        asked = anyone.post("/v1/sign-in-codes", {"email": spelt}).status_code
        code = last_code(address) if messages_to(address) else "none"
        opened = anyone.post("/v1/sessions", {"email": spelt, "code": code}).status_code
        yield Case(f"sign-in.json: {typed!r}", (202, 201), (asked, opened))
    for typed in given["code"]:
        address = new_email()
        code, is_code = ask_code(anyone, address), given["is_code"]
        spelt = typed.replace(is_code[:3], code[:3]).replace(is_code[3:], code[3:])
        opened = anyone.post("/v1/sessions", {"email": address, "code": spelt}).status_code
        yield Case(f"sign-in.json: the code as {typed!r}", 201, opened)


def try_noes(folder: Path) -> Iterator[Case]:
    """A no in a file of the brand ends the yes that stands."""
    for name, purpose in (("noes-excel.csv", "personalised_offers"), ("noes-no-recipient.csv", PARTNERS)):
        member, brand, address = make_member(), make_brand(), new_email()
        save(MemberIdentifier(kind="email", value=address, member_id=member.id, verified_at=clock.now()))
        whom = {"recipient": make_recipient(brand).code} if purpose == PARTNERS else {}
        asked = give(member, brand, now=clock.now(), touchpoint="email", purpose=purpose, **whom)
        if asked.state == State.REQUESTED:
            with made():
                confirmation.confirm_permission(token=confirmation.token_of(member.id, asked.event_id), now=clock.now())
        spelt = (folder / name).read_text(encoding="utf-8").replace("demo", brand.code)
        with tempfile.TemporaryDirectory() as written:
            file = Path(written) / name
            file.write_text(spelt.replace("camille@example.org", address), encoding="utf-8")
            run_command(import_permissions, file)
        yield Case(f"{name}: the yes has ended", State.WITHDRAWN, states(member)[-1])
