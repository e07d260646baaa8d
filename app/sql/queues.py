"""What waits in a queue is done one thing after the other, each in a transaction of its own.

One thing that cannot be done stays where it is and is told; it keeps nothing behind it waiting, however many such
things stand at the head.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from app.logs import log
from app.sql import db, locks

Key = TypeVar("Key", bound=Hashable)


class ThingsFailed(RuntimeError):
    """Some things of a queue could not be done; all others were."""


def work_through(find: Callable[[int], Sequence[Key]], act: Callable[[Key], int], *, what: str, at_once: int) -> int:
    """Do `act` for everything that `find` says is waiting, the oldest first; return the sum of what it returned.

    `find` is asked for the keys of at most so many things, until nothing waits that was not looked at. `act` looks
    again whether its thing still waits, as another process may have done it; no two are at a queue `what` at once.
    What raises is undone alone, logged, and left for another run. Raises `ThingsFailed` at the end if anything did.
    Whoever calls holds no transaction.
    """
    seen: set[Key] = set()
    done, failed, most = 0, 0, at_once
    while True:
        with db.system_transaction():
            found = find(most)
        fresh = [key for key in found if key not in seen]
        for key in fresh:
            seen.add(key)
            try:
                with db.system_transaction():
                    if not locks.try_job(what):
                        return done
                    done += act(key)
            except Exception as error:  # told here, and by the failure at the end: the others go first
                failed += 1
                log.error("queued_thing_failed", what=what, error=type(error).__name__)
        if len(found) < most:
            break
        most = at_once + len(found) - len(fresh)
    if failed:
        raise ThingsFailed(f"{failed} of {what}")
    return done
