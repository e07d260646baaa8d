"""Wallets that nobody uses: warned at 35 months, erased at 36 (SAN-2020-008: three years pass, four are too long).

Only acts of the member's own count: signing in, joining, claiming, being scanned, answering. That a mail was opened or
a phone refreshed its token by itself in a pocket does not.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import TextClause, text

from app.accounts import queries as accounts
from app.accounts.models import IdentifierKind, Member
from app.carriers import channels
from app.carriers.errors import ChannelUnavailable
from app.data_map import INACTIVE, WARNED_BEFORE
from app.languages import Moment, Text, preferred
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

SUBJECT = Text(fr="Votre compte Ici sera effacé", en="Your Ici wallet will be erased")
MESSAGE = Text(
    fr="Vous n'avez pas utilisé votre compte Ici depuis près de trois ans. Nous l'effacerons après le {day}, avec vos"
    " cartes et vos bons. Pour le garder, connectez-vous une fois dans l'application.",
    en="You have not used your Ici wallet for almost three years. We will erase it after {day}, with your cards and"
    " coupons. To keep it, sign in once in the app.",
)


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
    """Tell those whose wallet ends in a month; return how many. A message that does not leave is in the log."""
    sleeping = db.all_of(queries.asleep_since(now - INACTIVE + WARNED_BEFORE, most=most))
    for asleep in sleeping:
        asleep.warned_at = now
        member = db.get(Member, asleep.member_id)
        for address in db.all_of(accounts.addresses_of(asleep.member_id)):
            language = preferred(member.language if member is not None else "")
            text_ = MESSAGE.say(language, {"day": Moment(now + WARNED_BEFORE, "Europe/Paris")})
            db.after_commit(
                partial(_tell, IdentifierKind(address.kind), address.value, SUBJECT.say(language), text_, now)
            )
    db.session().flush()
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


def _tell(kind: IdentifierKind, address: str, subject: str, message: str, now: datetime) -> None:
    try:
        if kind is IdentifierKind.EMAIL:
            channels.send_mail(to=address, subject=subject, text=message, now=now)
        else:
            channels.send_sms(to=address, text=message, now=now)
    except ChannelUnavailable:
        log.warning("warning_not_sent", kind=str(kind))
