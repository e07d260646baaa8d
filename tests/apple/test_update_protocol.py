"""No interleaving of changes, registrations, lists and fetches loses a change, or tells one for ever."""

import random
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.config import Config
from app.factory import Ici
from app.sql import db
from tests import sizes
from tests.apple.factories import Phone, make_pass, said_in
from tests.factories import made
from tests.issued.factories import refresh
from tests.racing import at_once
from wallet.cards.models import Card
from wallet.issued.models import IssuedPass

SEEDS = st.integers(0, 2**32)
STEPS = 15


class Wallet:
    """A phone that keeps what it is sent. `names` and `dates` are what its copies say, by serial."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.names: dict[str, str] = {}
        self.dates: dict[str, str] = {}
        self.added: dict[str, IssuedPass] = {}

    def fetch(self, held: IssuedPass) -> bool:
        """Whether the copy is another now."""
        answer = self.phone.fetch(held, self.dates.get(held.serial))
        if answer.status_code == 304:
            return False
        self.names[held.serial] = name_in(answer.data)
        self.dates[held.serial] = answer.headers["Last-Modified"]
        return True

    def add(self, held: IssuedPass) -> None:
        """As a phone does: a copy first, then its registration."""
        self.fetch(held)
        self.phone.register(held)
        self.added[held.serial] = held

    def remove(self, held: IssuedPass) -> None:
        self.phone.unregister(held)
        for known in (self.added, self.names, self.dates):
            known.pop(held.serial, None)  # type: ignore[attr-defined]

    def look(self) -> int:
        """What a push makes a phone do; how many copies changed."""
        return sum(self.fetch(self.added[serial]) for serial in self.phone.changed() if serial in self.added)

    def act(self, passes: list[IssuedPass], chance: random.Random) -> None:
        held = chance.choice(passes)
        if held.serial not in self.added:
            self.add(held)
        elif chance.random() < 0.15:
            self.remove(held)
        else:
            self.look()


def name_in(file: bytes) -> str:
    [field] = said_in(file)["storeCard"]["primaryFields"]
    return str(field["value"])


def name_now(held: IssuedPass) -> str:
    with made():
        return db.session().scalars(select(Card.display_name).where(Card.id == held.target_id)).one()


def rename(held: IssuedPass, name: str) -> None:
    with made():
        db.execute(update(Card).where(Card.id == held.target_id).values(display_name=name))


@settings(max_examples=sizes.chosen().worlds, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=SEEDS)
def test_every_phone_ends_with_what_every_pass_says(seed: int, signing: Config, app: Ici, crowd: None) -> None:
    passes = [make_pass() for _ in range(3)]
    wallets = [Wallet(Phone(app.test_client())) for _ in range(2)]

    def act(number: int) -> None:
        chance = random.Random(seed + number)
        for step in range(STEPS):
            if number < 2:
                wallets[number].act(passes, chance)
            elif number < 4:
                rename(chance.choice(passes), f"{number} {step}")
            else:
                refresh(now=datetime.now(UTC))

    at_once(6, act)
    refresh(now=datetime.now(UTC))
    for wallet in wallets:
        wallet.look()
        assert wallet.names == {serial: name_now(held) for serial, held in wallet.added.items()}
        assert [wallet.look() for _ in range(2)] == [0, 0]
        assert wallet.phone.changed() == []
