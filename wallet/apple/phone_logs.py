"""What phones say went wrong with our web service (Apple's call 5), for operators to read.

The sentences hold ids of phones, serials and sometimes more, so whatever looks like one is left out before anything is
kept: what stays names nobody. They are counted by sentence and day, and forgotten after a month.
"""

import hashlib
import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from app.accounts import quotas
from app.accounts.quotas import Quota, Spending
from app.characters import UNSTORABLE
from app.errors import TooManyRequests
from app.sql import db
from wallet.apple import queries

LOGS = Quota("apple-logs", 60, timedelta(hours=1), TooManyRequests)
"""Of one network: phones in a shop share it, and what they have to complain of is mostly the same."""
MOST_LINES, LONGEST = 50, 300
MOST_A_DAY = 1_000
KEPT = timedelta(days=30)
NAMED = re.compile(r"[\w+/=.@:-]{12,}|\d{2,}")
"""What may be an id, a token, an address or an instant: long runs without a space, and numbers."""
OMITTED = "…"


def take_logs(body: Any, *, network: str, now: datetime) -> int:
    """Count the sentences of `{"logs": […]}`, or of a bare array, as one app sends it; return how many.

    Raises `TooManyRequests`.
    """
    lines = body.get("logs") if isinstance(body, dict) else body
    sentences = [scrub(line) for line in lines[:MOST_LINES] if isinstance(line, str)] if isinstance(lines, list) else []
    if not sentences:
        return 0
    quotas.spend_quotas([Spending(LOGS, network)], now=now)
    counted = sorted(Counter(sentences).items(), key=lambda one: hashlib.sha256(one[0].encode()).digest())
    digests = [hashlib.sha256(words.encode()).digest() for words, _ in counted]
    values = [now.date(), digests, [words for words, _ in counted], [count for _, count in counted], now, MOST_A_DAY]
    db.fetch(queries.NOTE_SENTENCES, values)
    return len(sentences)


def scrub(line: str) -> str:
    """A sentence without whatever may say who or where."""
    return " ".join(NAMED.sub(OMITTED, UNSTORABLE.sub("", line[: 4 * LONGEST])).split())[:LONGEST]


def forget_sentences(*, now: datetime) -> int:
    """Delete sentences of more than a month ago; how many."""
    return len(db.execute(queries.sentences_before((now - KEPT).date()).returning(1)).all())
