"""Many scans in one request, as a queue brings them: each by itself, in their order."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import DatabaseUnavailable, InternalFault, Problem
from app.languages import Language
from app.logs import log
from app.sql import db
from offers.tills.acts import ScanAsked, TillPlace
from offers.tills.recorded_scans import answer_scan
from offers.tills.scan_answers import ScanAnswer

Read = Callable[[], ScanAsked]
"""A scan of a batch once it is read. Raises `Malformed`: then it is parked, and the others go on."""


def answer_scans(
    scans: Iterable[Read], *, at: TillPlace, language: Language, now: datetime
) -> Iterator[ScanAnswer | Problem]:
    """What a till is told of each scan, in the order in which it sent them. One that cannot be had is a refusal in its
    place, and what comes behind it is not kept waiting.

    The transaction of the request ends here. A fault of ours, or of the database, says nothing of the scan: the till
    sends it again.
    """
    # The request itself has nothing to write: its transaction would stay open, idle, for as long as all scans take.
    db.fetch_last("SELECT 1")
    for read in scans:
        try:
            yield answer_scan(read(), at=at, language=language, now=now)
        except Problem as problem:
            yield problem
        except (DBAPIError, psycopg.Error, PoolTimeout) as error:
            log.error("scan_not_taken", error=type(error).__name__)
            yield DatabaseUnavailable(retry_after_s=1)
        except Exception as error:  # the next scan must not wait for one that breaks us
            log.error("fault", error=type(error).__name__, where="offers.tills.batches")
            yield InternalFault()
