"""The one verifier: whether what was shown is genuine, fresh, and used for the first time.

A till that looks somebody up may show the same again and again. Whoever spends uses it up, in the transaction of what
was spent: a unique row of the database is what refuses the second. It is used last of all but budgets, when nothing
else speaks against the spending, and several in the order of their codes ([locks](../../docs/locks.md)).
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from app.errors import Problem
from app.sql import db
from wallet.authenticity import queries
from wallet.authenticity.errors import CodeForged, CodeFromOldCopy, CodeStale, CodeUsedBefore, FreshCodeNeeded
from wallet.authenticity.judgement import CodeProof, judge_code
from wallet.authenticity.models import ProofStanding, ShownForm
from wallet.authenticity.shown import Shown

STILL_THERE = timedelta(minutes=15)
"""How long after a fresh code was scanned at a store the member is still at its till."""

REFUSED: dict[ProofStanding, type[Problem]] = {
    ProofStanding.FORGED: CodeForged,
    ProofStanding.STALE: CodeStale,
    ProofStanding.OLD_COPY: CodeFromOldCopy,
    ProofStanding.REUSED: CodeUsedBefore,
}


class SeenAt(NamedTuple):
    """Where a code was shown."""

    store_id: uuid.UUID
    terminal_id: uuid.UUID


def verify_shown(
    shown: Shown,
    *,
    brand_id: uuid.UUID,
    now: datetime,
    spends: bool,
    at: SeenAt | None = None,
    used_for: str | None = None,
    shown_at: datetime | None = None,
) -> CodeProof:
    """What is to be thought of what was shown at a till of a brand; nothing is refused here.

    `at` is the till, which writes down that it was shown. To spend is to use it up, for a purpose that may use it
    again; for that a till is needed. `shown_at` is when it was shown, where that is told later.
    """
    [proof] = judge_shown([shown], brand_id=brand_id, now=shown_at or now, used_for=used_for)
    if not spends or proof.standing in REFUSED:
        note_showings([proof], brand_id=brand_id, at=at, now=now)
        return proof
    if at is None:
        raise ValueError("what is used up is used up at a till")
    try:
        use_proofs([proof], brand_id=brand_id, at=at, used_for=used_for, now=now)
    except CodeUsedBefore:
        return proof._replace(standing=ProofStanding.REUSED)
    return proof


def judge_shown(
    shown: Sequence[Shown], *, brand_id: uuid.UUID, now: datetime, used_for: str | None = None
) -> list[CodeProof]:
    """What is to be thought of each of these, in one statement; plain codes need none. Nothing is written.

    What was used for the same purpose is fresh, however long ago.
    """
    asked = [one for one in shown if one.form is not ShownForm.PLAIN]
    if not asked:
        return [CodeProof(one, ProofStanding.PLAIN) for one in shown]
    values = {
        "codes": [one.code for one in asked],
        "forms": [str(one.form) for one in asked],
        "counters": [one.counter for one in asked],
        "brand_id": brand_id,
    }
    known = {asked[row.place - 1]: row for row in db.send_statement(queries.JUDGE, values)}
    judge = partial(judge_code, brand_id=brand_id, now=now, used_for=used_for)
    return [
        CodeProof(one, ProofStanding.PLAIN) if one.form is ShownForm.PLAIN else judge(one, known.get(one))
        for one in shown
    ]


def prove_spending(
    shown: Sequence[Shown],
    *,
    needs_fresh: Collection[str],
    member_id: uuid.UUID,
    brand_id: uuid.UUID,
    at: SeenAt,
    now: datetime,
    used_for: str | None = None,
) -> list[CodeProof]:
    """What these prove before they spend; `use_proofs` uses them up. `needs_fresh` are the codes among them that spend
    nothing by themselves, all of this member. Raises as `require_spendable`.
    """
    proofs = judge_shown(shown, brand_id=brand_id, now=now, used_for=used_for)
    require_spendable(proofs, brand_id=brand_id, at=at, now=now)
    return [proof._replace(member_id=member_id, needs_fresh=proof.code in needs_fresh) for proof in proofs]


def note_showings(proofs: Sequence[CodeProof], *, brand_id: uuid.UUID, at: SeenAt | None, now: datetime) -> None:
    """Write down that these were shown at a till; not of plain codes, nor of those that the brand does not know."""
    noted = [proof for proof in proofs if proof.standing is not ProofStanding.PLAIN and proof.member_id is not None]
    if at is None or not noted:
        return
    values = {
        "ids": [db.new_id() for _ in noted],
        "codes": [proof.code for proof in noted],
        "forms": [str(proof.shown.form) for proof in noted],
        "counters": [proof.shown.counter for proof in noted],
        "standings": [str(proof.standing) for proof in noted],
    }
    db.send_statement(queries.NOTE_SHOWINGS, values | at._asdict() | {"brand_id": brand_id, "now": now})


def require_genuine(proof: CodeProof) -> None:
    """Refuse a form of a code of the brand that we did not make. Raises `CodeForged`.

    A code that the brand does not know is unknown, and whoever looks it up says so.
    """
    if proof.standing is ProofStanding.FORGED and proof.member_id is not None:
        raise CodeForged


def require_spendable(proofs: Sequence[CodeProof], *, brand_id: uuid.UUID, at: SeenAt, now: datetime) -> None:
    """Refuse what cannot spend; that it was shown is written down all the same, after the rollback.

    Raises `CodeForged`, `CodeStale`, `CodeFromOldCopy`, `CodeUsedBefore`.
    """
    refused = [proof for proof in proofs if proof.standing in REFUSED and proof.member_id is not None]
    if refused:
        db.after_rollback(partial(_note_apart, refused, brand_id=brand_id, at=at, now=now))
        raise REFUSED[refused[0].standing]


def _note_apart(proofs: Sequence[CodeProof], *, brand_id: uuid.UUID, at: SeenAt, now: datetime) -> None:
    with db.system_transaction():
        note_showings(proofs, brand_id=brand_id, at=at, now=now)


def use_proofs(
    proofs: Sequence[CodeProof], *, brand_id: uuid.UUID, at: SeenAt, used_for: str | None = None, now: datetime
) -> None:
    """Use up what was shown, in the order of the codes: nobody else can spend by it.

    A plain code that spends nothing by itself uses up the fresh one that was scanned at this store before it.
    Raises `CodeUsedBefore`, `FreshCodeNeeded`.
    """
    for proof in sorted(proofs, key=lambda proof: proof.code):
        if proof.standing is ProofStanding.FRESH and not proof.again:
            _use(proof, proof.shown.form, proof.shown.counter, brand_id=brand_id, at=at, used_for=used_for, now=now)
        elif proof.standing is ProofStanding.PLAIN and proof.needs_fresh:
            _use_earlier(proof, brand_id=brand_id, at=at, used_for=used_for, now=now)


def _use(
    proof: CodeProof,
    form: str,
    counter: int,
    *,
    brand_id: uuid.UUID,
    at: SeenAt,
    used_for: str | None,
    now: datetime,
) -> None:
    if proof.member_id is None:
        raise ValueError("what nobody knows cannot be used up")
    use = {
        "member_id": proof.member_id,
        "id": db.new_id(),
        "code": proof.code,
        "brand_id": brand_id,
        "form": str(form),
        "counter": counter,
        "used_for": used_for,
        "now": now,
    }
    if not db.send_statement(queries.USE, use | at._asdict()):
        raise CodeUsedBefore


def _use_earlier(proof: CodeProof, *, brand_id: uuid.UUID, at: SeenAt, used_for: str | None, now: datetime) -> None:
    asked = {
        "member_id": proof.member_id,
        "code": proof.code,
        "store_id": at.store_id,
        "since": now - STILL_THERE,
        "used_for": used_for,
    }
    found = db.send_statement(queries.SHOWN_BEFORE, asked).one_or_none()
    if found is None:
        raise FreshCodeNeeded
    if used_for is None or found.used_for != used_for:
        _use(proof, found.form, found.counter, brand_id=brand_id, at=at, used_for=used_for, now=now)
