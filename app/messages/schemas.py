"""Messages and sinks on the wire."""

from typing import Any

import marshmallow as ma

from app.http.api import Instant, Out, language
from app.http.pagination import PageOut
from app.messages.models import Message, MessageStatus


class InMyLanguage(ma.fields.String):
    """A text that is kept in both languages, in the reader's."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return str(value[language()])


class MessageOut(Out):
    """A message to me: what became of it, and which of my permissions it rests on."""

    id = ma.fields.UUID(required=True)
    brand_id = ma.fields.UUID(required=True)
    touchpoint = ma.fields.String(required=True)
    purpose = ma.fields.String(required=True)
    store_id = ma.fields.UUID(required=True, allow_none=True)
    subject = InMyLanguage(required=True, attribute="words.subject")
    status = ma.fields.Enum(MessageStatus, by_value=True, required=True)
    reason = ma.fields.String(required=True, allow_none=True, metadata={"description": "Why it was not sent"})
    permission_event_id = ma.fields.UUID(
        required=True, attribute="event_id", metadata={"description": "The event of my ledger that allowed it"}
    )
    created_at = Instant(required=True)
    due_at = Instant(required=True)
    sent_at = Instant(required=True, allow_none=True)

    @ma.pre_dump
    def with_status(self, message: Message, **_: Any) -> dict[str, Any]:
        fields = {name: getattr(message, name) for name in MESSAGE_COLUMNS}
        return fields | {"status": MessageStatus(message.status)}


MESSAGE_COLUMNS = (
    "id",
    "brand_id",
    "touchpoint",
    "purpose",
    "store_id",
    "words",
    "reason",
    "event_id",
    "created_at",
    "due_at",
    "sent_at",
)


class MessagesOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(MessageOut), required=True)


class SinkOut(Out):
    """A system that we give members' data to, and how fast it follows when they say no. Durations in seconds."""

    code = ma.fields.String(required=True, attribute="sink.code")
    kind = ma.fields.String(required=True, attribute="sink.kind")
    contract_id = ma.fields.String(required=True, attribute="sink.contract_id", allow_none=True)
    country = ma.fields.String(required=True, attribute="sink.country", metadata={"description": "ISO 3166-1 alpha-2"})
    purposes = ma.fields.List(ma.fields.String(), required=True, attribute="sink.purposes")
    bound_s = ma.fields.Integer(
        required=True, attribute="sink.bound_s", metadata={"description": "How soon it must confirm a notice"}
    )
    enabled_at = Instant(
        required=True,
        attribute="sink.enabled_at",
        allow_none=True,
        metadata={"description": "Null: it is told nothing"},
    )
    waiting = ma.fields.Integer(required=True, metadata={"description": "Notices that it has not confirmed"})
    late = ma.fields.Integer(required=True, metadata={"description": "Those of them beyond the bound"})
    oldest_s = ma.fields.Float(required=True, allow_none=True, metadata={"description": "Age of the oldest of them"})
    slowest_s = ma.fields.Float(
        required=True, allow_none=True, metadata={"description": "Its slowest confirmation of the last 30 days"}
    )


class SinksOut(Out):
    items = ma.fields.List(ma.fields.Nested(SinkOut), required=True)
