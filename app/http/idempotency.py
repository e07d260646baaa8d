"""Every write takes an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07).

The key row and the effect live in one transaction. Same key and same request: the stored bytes again, with
`Idempotency-Replayed: true`. Same key, other request: 422. The first still running: 409 after a short wait.
A refusal rolls back, so it stores nothing and is judged afresh on the next try. A secret of an answer is no part of
what is stored: whoever can compute it again (`adds_secrets`) adds it to the bytes each time.

Two requests are the same if their bytes are, or if their content is (RFC 8785): a queue that keeps what it means to
say, and spells it anew at each try with other spaces or another order of names, says the same thing.
"""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, g, request
from sqlalchemy import CheckConstraint, LargeBinary, String, delete
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import HTTPException

from app import canonical
from app.data_map import DataClass, Export
from app.errors import IdempotencyKeyMissing, IdempotencyKeyReused, Problem, RequestInFlight
from app.http import reading
from app.http.access import Known, Wish, claim_key, claimed, principal
from app.http.api import copy_doc, reads_header, refuses
from app.http.problems import tell_language
from app.languages import Text
from app.lifetimes import By
from app.sql import db

View = TypeVar("View", bound=Callable[..., Any])

KEPT = timedelta(hours=24)
KEPT_FOR_TERMINALS = timedelta(days=30)  # a till can be off for weeks before it replays its queue

DIGEST = hashlib.sha256().digest_size

KEPT_HEADERS = frozenset({"Content-Type", "Content-Language", "Location", "ETag"})

KEEP = "SELECT ici_keep_answer($1, $2, $3, $4, $5, $6)"
"""A function of the database, so that a key that vanished within its own transaction stops the COMMIT behind it."""

ANSWER = db.datum(
    DataClass.ANSWER,
    purposes=("loyalty_account",),
    export=Export.WITHHELD,
    reason=Text(
        fr="La copie d'une réponse que vous avez déjà reçue, gardée quelques jours au plus.",
        en="The copy of an answer that you have received already, kept for some days at most.",
    ),
)


class IdempotencyKey(db.Base):
    """One write that was answered: the fingerprint of the request and the exact bytes of the answer."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        CheckConstraint("char_length(key) BETWEEN 1 AND 128", name="key_length"),
        db.personal(db.Reader.PRINCIPAL, kept=By("idempotency.forget_expired", DataClass.ANSWER), act=None),
    )

    principal_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=ANSWER)
    route: Mapped[str] = mapped_column(primary_key=True, info=ANSWER)
    key: Mapped[str] = mapped_column(String(128), primary_key=True, info=ANSWER)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, info=ANSWER)
    status: Mapped[int | None] = mapped_column(info=ANSWER)
    headers: Mapped[dict[str, Any] | None] = mapped_column(info=ANSWER)
    body: Mapped[bytes | None] = mapped_column(LargeBinary, info=ANSWER)
    created_at: Mapped[datetime] = mapped_column(info=ANSWER)
    expires_at: Mapped[datetime] = mapped_column(index=True, info=ANSWER)


def idempotent(view: View) -> View:
    """Make a write safe to send twice. It stands directly under `@only`, which claims the key in its own trip."""

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        wish = _wish()
        known = claimed() or claim_key(wish)
        if not known.is_first:
            return _with_secrets(view, _replay(known, wish.fingerprint))
        response = current_app.make_response(view(*args, **kwargs))
        _store(wish, response)
        return _with_secrets(view, response)

    # A file is read only when we know who sends it, so its key is claimed by itself.
    once.wish = None if hasattr(view, "takes_file") else _plain_wish  # type: ignore[attr-defined]
    copy_doc(view, once)
    reads_header("Idempotency-Key", "Made by the client before it sends; the same on every retry", required=True)(once)
    refuses(IdempotencyKeyMissing, IdempotencyKeyReused, RequestInFlight)(once)
    return once  # type: ignore[return-value]


def adds_secrets(add: Callable[[bytes], bytes]) -> Callable[[View], View]:
    """Directly under `@idempotent`: `add` puts into an answer what may be told and not kept, the same at each repeat.
    An answer that it changes may be stored by nobody on its way either."""

    def mark(view: View) -> View:
        view.adds_secrets = add  # type: ignore[attr-defined]
        return view

    return mark


def _with_secrets(view: Callable[..., Any], response: Response) -> Response:
    add: Callable[[bytes], bytes] | None = getattr(view, "adds_secrets", None)
    if add is not None:
        kept = response.get_data()
        told = add(kept)
        if told != kept:
            response.set_data(told)
            response.headers["Cache-Control"] = "no-store"
    return response


def _plain_wish() -> Wish | None:
    """What this request wishes; None when that is refused, which is said only to who may knock."""
    try:
        return _wish()
    except (IdempotencyKeyMissing, HTTPException):
        return None


def _wish() -> Wish:
    if "wish" not in g:
        key = _key()
        fingerprint = _fingerprint()
        g.wish = Wish(request.endpoint or "", key, fingerprint, KEPT, KEPT_FOR_TERMINALS)
    wish: Wish = g.wish
    return wish


def _key() -> str:
    # The draft writes the key as a quoted structured string; many clients send it bare. Both are taken.
    key = request.headers.get("Idempotency-Key", "").strip().removeprefix('"').removesuffix('"')
    if not 1 <= len(key) <= 128 or not key.isprintable():
        raise IdempotencyKeyMissing
    return key


def _fingerprint() -> bytes:
    """The digest of what was asked byte for byte, then the digest of its content."""
    asked = f"{request.method} {request.full_path}\n".encode()
    body = request.get_data(cache=True)
    return b"".join(hashlib.sha256(asked + part).digest() for part in (body, _content(body)))


def _content(body: bytes) -> bytes:
    # What is no JSON, or holds a number that no two readers read alike, is only ever the same byte for byte.
    if not body or not request.is_json:
        return body
    try:
        return canonical.write_json(reading.read_sent_json())
    except (Problem, ValueError):
        return body


def _is_same(known: bytes, asked: bytes) -> bool:
    # The first halves are the bytes. A key from before contents were compared has nothing else.
    return known[:DIGEST] == asked[:DIGEST] or known[DIGEST:] == asked[DIGEST:]


def _replay(known: Known, fingerprint: bytes) -> Response:
    if known.status is None:
        raise RequestInFlight(retry_after_s=1)
    if not _is_same(known.fingerprint or b"", fingerprint):
        raise IdempotencyKeyReused
    response = Response(known.body, status=known.status, headers=known.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _store(wish: Wish, response: Response) -> None:
    tell_language(response)
    kept = {name: value for name, value in response.headers.items() if name in KEPT_HEADERS}
    answer = [response.status_code, kept, response.get_data()]
    db.send_with_commit(KEEP, [principal().id, wish.route, wish.key, *answer])


def forget_expired(*, now: datetime) -> int:
    """Delete the answers whose time is over; returns how many."""
    gone = db.execute(delete(IdempotencyKey).where(IdempotencyKey.expires_at <= now).returning(IdempotencyKey.key))
    return len(gone.all())
