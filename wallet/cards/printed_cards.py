"""Cards that are printed in batches before anybody holds them.

Each is the card of a member who is nobody yet: a wallet without an address. It is used at tills at once; whoever
types its code and its check later takes over what is on it. The check is printed under a field to scratch off: whoever
saw the code over a shoulder does not know it. It is computed, not stored, so that a lost file can be written again.
"""

import hashlib
import hmac
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, literal

from app import config
from app.accounts.addresses import keyed_hash
from app.accounts.guess_limits import count_failure, lock_turn, require_few_guesses
from app.accounts.models import Member
from app.languages import Language, Text
from app.sql import db, locks
from wallet.cards import queries
from wallet.cards.errors import PrintedCardRefused
from wallet.cards.models import Card, CardStatus, PrintedCard
from wallet.passes.codes import new_code, read_code
from wallet.passes.models import CodeKind, PassCode

CHECK_DIGITS = 6
MOST_CARDS = 1_000_000
"""Cards of one batch."""
AT_ONCE = 1000
GUESSES_AT_A_CARD = 60
"""Wrong checks of one card within a day, whoever tries: a chance of 60 in a million."""

NOBODY = Text(fr="Carte {ending}", en="Card {ending}")
"""What staff read on a card that is nobody's yet."""


class Printed(NamedTuple):
    """What a printer is given. `check` is six digits."""

    position: int
    code: str
    check: str


def check_of(code: str) -> str:
    """The check of a printed card, from its code and our secret."""
    key = config.current().lasting_key("printed_card")
    digest = hmac.new(key, code.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**CHECK_DIGITS:0{CHECK_DIGITS}}"


def print_cards(*, brand_id: uuid.UUID, batch: str, count: int, language: Language, now: datetime) -> Iterator[Printed]:
    """Make the first `count` cards of a batch, those of them that are not made yet; give all of them in their order.

    The same batch again gives the same cards.
    """
    locks.lock_name(f"printed_card:{brand_id}:{batch}")
    made = db.all_of(queries.printed_of_batch(brand_id, batch))
    for known in made[:count]:
        yield Printed(known.position, known.code, check_of(known.code))
    for first in range(len(made) + 1, count + 1, AT_ONCE):
        positions = range(first, min(first + AT_ONCE, count + 1))
        for position, code in _make(brand_id, batch, positions, language=language, now=now):
            yield Printed(position, code, check_of(code))


def _make(
    brand_id: uuid.UUID, batch: str, positions: Sequence[int], *, language: Language, now: datetime
) -> list[tuple[int, str]]:
    rows: list[dict[str, Any]] = [
        {"member_id": db.new_id(), "card_id": db.new_id(), "code": new_code(), "position": position}
        for position in positions
    ]
    for model, values in (
        (Member, lambda row: {"id": row["member_id"], "language": language, "created_at": now}),
        (Card, lambda row: _card(row, brand_id, language, now)),
        (PassCode, lambda row: _pass(row, brand_id, now)),
        (PrintedCard, lambda row: row | {"brand_id": brand_id, "batch": batch, "made_at": now}),
    ):
        # Returning something makes SQLAlchemy send many rows in one statement.
        db.execute(insert(model).returning(literal(1)), [values(row) for row in rows])
    return [(row["position"], row["code"]) for row in rows]


def _card(row: dict[str, Any], brand_id: uuid.UUID, language: Language, now: datetime) -> dict[str, Any]:
    return {
        "member_id": row["member_id"],
        "id": row["card_id"],
        "brand_id": brand_id,
        "code": row["code"],
        "display_name": NOBODY.say(language, {"ending": row["code"][-4:]}),
        "status": CardStatus.ACTIVE,
        "version": 1,
        "joined_at": now,
    }


def _pass(row: dict[str, Any], brand_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    return {
        "code": row["code"],
        "kind": CodeKind.CARD,
        "brand_id": brand_id,
        "member_id": row["member_id"],
        "target_id": row["card_id"],
        "created_at": now,
    }


def take_printed(*, member_id: uuid.UUID, code: str, check: str, now: datetime) -> PrintedCard:
    """The printed card of this code and check, from now on this member's to take over. The same again is the same.

    Its row sees only the system; what is on the card stays with its nameless member until somebody merges both.
    Raises `CodeMistyped`, which tells nothing that the code itself does not; `TooManyGuesses` after 20 wrong tries of
    one member within a day, after 10 of them at one card, or 60 of everybody at it: nobody alone closes a card to its
    holder; `PrintedCardRefused`, the same whatever is wrong.
    """
    plain = read_code(code)
    guesser, guessed = keyed_hash(f"printed_card:by:{member_id}"), keyed_hash(f"printed_card:of:{plain}")
    for one in sorted((guesser, guessed)):
        lock_turn(one)
    require_few_guesses(guesser, now=now)
    require_few_guesses(guessed, now=now, client_hash=guesser, most=GUESSES_AT_A_CARD)
    with db.system():
        found = db.first(db.locked(queries.printed_with_code(plain)))
        right = hmac.compare_digest(check_of(plain), check.strip()) and found is not None
        if found is None or not right or found.principal_id not in (None, member_id) or found.member_id == member_id:
            count_failure(guesser, now=now)
            count_failure(guessed, now=now, client_hash=guesser)
            raise PrintedCardRefused
        if found.principal_id is None:
            found.principal_id, found.registered_at = member_id, now
    return found
