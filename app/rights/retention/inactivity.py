"""Wallets that nobody uses: warned at 35 months, erased at 36 (SAN-2020-008: three years pass, four are too long).

Only acts of the member's own count: signing in, joining, claiming, being scanned, answering. That a mail was opened or
a phone refreshed its token by itself in a pocket does not.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import TextClause, text

from app import config
from app.accounts import queries as accounts
from app.accounts.addresses import Address
from app.accounts.brands import find_sender
from app.accounts.models import IdentifierKind, Member
from app.carriers import channels
from app.carriers.channels import Mail
from app.carriers.errors import ChannelUnavailable, HandOverUnknown, RecipientPutOff, RecipientRefused
from app.carriers.letters.composition import Letter, Writing, compose_letter, compose_sms
from app.carriers.letters.kinds import INACTIVITY_WARNING
from app.data_map import INACTIVE, WARNED_BEFORE
from app.languages import Moment, preferred
from app.logs import log
from app.rights import personal_tables, queries
from app.rights.erasure import steps
from app.rights.models import Cause
from app.sql import db
from app.sql.queues import work_through

NOTE = """
    INSERT INTO member_activity (member_id, last_act_at)
    SELECT member_id, max(at) FROM ({acts}) AS acts
     WHERE at >= :since AND member_id IN (SELECT member_id FROM member)
     GROUP BY member_id
    ON CONFLICT (member_id) DO UPDATE SET last_act_at = excluded.last_act_at, warned_at = NULL
     WHERE excluded.last_act_at > member_activity.last_act_at
    RETURNING 1
"""

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
OVERLAP = timedelta(days=2)
BATCH = 500


def note_acts(*, since: datetime | None = None) -> int:
    """Bring each member's last act up to date, from what happened after `since`; return how many changed."""
    changed = db.execute(_note(), {"since": since or LONG_AGO})
    return len(changed.all())


@personal_tables.cache_by_tables
def acts() -> Mapping[str, str]:
    """Table, and when its row says that the member did something. Of a member who is gone nothing counts."""
    return {
        table.name: table.info["act"] for table in personal_tables.tables_of_members() if table.info["act"] is not None
    }


def newest_act() -> datetime | None:
    """When the last act happened that is noted, less some time for those that were committed late."""
    newest = db.first(queries.newest_act())
    return None if newest is None else newest - OVERLAP


def warn_sleeping(*, now: datetime, most: int = BATCH) -> int:
    """Tell those whose wallet ends in a month; return how many.

    Whom nothing reached because a channel is away, or took nothing of theirs now, is told by a later run, for a month
    at most. A message that never leaves is in the log.
    """
    warnings, sender = [], find_sender()
    facts = {"day": Moment(now + WARNED_BEFORE, "Europe/Paris")}
    sleeping = db.all_of(queries.asleep_since(now - INACTIVE + WARNED_BEFORE, most=most))
    for asleep in sleeping:
        asleep.warned_at = now
        member = db.get(Member, asleep.member_id)
        writing = Writing(sender, preferred(member.language if member is not None else ""), facts)
        addresses = db.all_of(accounts.addresses_of(asleep.member_id))
        warnings.append(
            _Warning(
                member_id=asleep.member_id,
                addresses=[Address(IdentifierKind(one.kind), one.value) for one in addresses],
                letter=compose_letter(INACTIVITY_WARNING, writing),
                text=compose_sms(INACTIVITY_WARNING, writing),
                until=asleep.last_act_at + INACTIVE,
            )
        )
    db.session().flush()
    db.after_commit(partial(_tell_sleeping, warnings, now))
    return len(sleeping)


def erase_sleeping(*, now: datetime, at_once: int = BATCH) -> int:
    """Ask for the erasure of those who were told a month ago and did nothing; return how many. In steps."""

    def waiting(most: int) -> Sequence[uuid.UUID]:
        over = db.all_of(queries.warned_before(now - WARNED_BEFORE, asleep_since=now - INACTIVE, most=most))
        return [asleep.member_id for asleep in over]

    def request(member_id: uuid.UUID) -> int:
        steps.request_erasure(member_id=member_id, cause=Cause.INACTIVITY, now=now)
        return 1

    return work_through(waiting, request, what="app.rights.erase_sleeping", at_once=at_once)


@personal_tables.cache_by_tables
def _note() -> TextClause:
    # The names are our own; what is asked for goes as a parameter.
    told = " UNION ALL ".join(f"SELECT member_id, {at} AS at FROM {table}" for table, at in acts().items())  # noqa: S608
    return text(NOTE.format(acts=told))


class _Warning(NamedTuple):
    """Whom to tell what, and until when it is tried again."""

    member_id: uuid.UUID
    addresses: Sequence[Address]
    letter: Letter
    text: str
    until: datetime


def _has_channel(kind: IdentifierKind) -> bool:
    return bool(config.current().mail if kind is IdentifierKind.EMAIL else config.current().sms)


def _tell_sleeping(warnings: Sequence[_Warning], now: datetime) -> None:
    away: set[IdentifierKind] = set()
    untold = [each.member_id for each in warnings if not _tell(each, away, now=now) and now < each.until]
    if untold:
        with db.system_transaction():
            db.execute(queries.tell_again(untold))


def _tell(warning: _Warning, away: set[IdentifierKind], *, now: datetime) -> bool:
    """Write to every address; false when none had it and one may have it later. What is `away` is asked no more."""
    told, later = False, False
    for address in warning.addresses:
        if not _has_channel(address.kind):
            continue  # no later run could tell them
        try:
            if address.kind in away:
                raise ChannelUnavailable
            _send(warning, address, now=now)
            told = True
        except RecipientRefused:
            log.warning("warning_not_sent", kind=str(address.kind))
        except (RecipientPutOff, HandOverUnknown):
            later = True
        except ChannelUnavailable:
            later = True
            away.add(address.kind)
    return told or not later


def _send(warning: _Warning, address: Address, *, now: datetime) -> None:
    letter = warning.letter
    if address.kind is IdentifierKind.EMAIL:
        mail = Mail(address.value, letter.subject, letter.text, now, html=letter.html, sender=letter.sender)
        channels.send_mail(mail)
    else:
        channels.send_sms(to=address.value, text=warning.text, now=now, sender=letter.sender.sms_sender)
