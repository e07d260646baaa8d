"""One thing after the other is told to Google, and what became of it is one of few kinds.

What was sent and not answered is in doubt. It is looked at before it is sent again: if Google has it, nothing is sent,
so nothing rings twice; if not, nothing is lost. A PATCH can change and add, but cannot say that something is gone (an
empty list is nothing in protobuf), so what takes something away, such as places that are permitted no longer, is a PUT.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from wallet.google.errands import ClassErrand, GoogleErrand
from wallet.google.errors import GoogleAway, GoogleForbids, GoogleRefuses
from wallet.google.resources import classes, objects
from wallet.google.transport import GoogleAnswer, GoogleWallet
from wallet.issued.models import PassKind

OF_GOOGLE = frozenset({"notifyPreference", "reviewStatus"})
"""What Google does not keep as we say it."""
CLASS_MISSING = "class_missing"


class GoogleOutcome(StrEnum):
    """What became of one errand."""

    DONE = "done"
    AWAY = "away"
    DOUBTFUL = "doubtful"  # sent, and not answered
    FORBIDDEN = "forbidden"
    REFUSED = "refused"
    LEFT = "left"  # not tried: Google went away before its turn


class GoogleReport(NamedTuple):
    """What became of it, why, and after how many seconds Google wants to be asked again."""

    told: GoogleOutcome
    reason: str | None = None
    retry_after_s: int | None = None

    @property
    def ends_all(self) -> bool:
        """Whether nothing else need be tried now."""
        return self.told in (GoogleOutcome.AWAY, GoogleOutcome.DOUBTFUL, GoogleOutcome.FORBIDDEN)


def tell_object(wallet: GoogleWallet, errand: GoogleErrand) -> GoogleReport:
    """Tell Google of one copy as it is now."""
    return GoogleReport(GoogleOutcome.DONE) if errand.body is None else report_on(lambda: _put_object(wallet, errand))


def tell_class(wallet: GoogleWallet, errand: ClassErrand) -> GoogleReport:
    """Tell Google how the passes of one class look."""
    return report_on(lambda: _put_class(wallet, errand))


def end_object(wallet: GoogleWallet, object_id: str, kind: str, class_id: str) -> GoogleReport:
    """Empty an object at Google that is none of ours any more."""
    path = f"{objects.RESOURCES[PassKind(kind)]}/{object_id}"
    return report_on(lambda: wallet.send("PUT", path, objects.empty_object(object_id, class_id)))


def report_on(act: Callable[[], object]) -> GoogleReport:
    """What becomes of a request."""
    try:
        act()
    except GoogleAway as away:
        return GoogleReport(
            GoogleOutcome.DOUBTFUL if away.sent else GoogleOutcome.AWAY, away.reason, away.retry_after_s
        )
    except GoogleForbids as forbids:
        return GoogleReport(GoogleOutcome.FORBIDDEN, forbids.reason)
    except GoogleRefuses as refuses:
        return GoogleReport(GoogleOutcome.REFUSED, refuses.reason)
    return GoogleReport(GoogleOutcome.DONE)


def says_the_same(found: Any, said: Any) -> bool:
    """Whether what Google has holds all of this; it adds fields of its own, and leaves out what is empty."""
    if isinstance(said, dict):
        return isinstance(found, dict) and all(
            says_the_same(found.get(name), value) for name, value in said.items() if name not in OF_GOOGLE
        )
    if isinstance(said, list):
        return isinstance(found, list) and len(found) == len(said) and all(map(says_the_same, found, said))
    return bool(found == said) or (said is False and found is None)


def _put_object(wallet: GoogleWallet, errand: GoogleErrand) -> None:
    body: dict[str, Any] = dict(errand.body or {})
    resource = objects.RESOURCES[PassKind(errand.copy.kind)]
    path = f"{resource}/{body['id']}"
    in_doubt = errand.copy.doubtful
    if errand.copy.told_digest is None and not in_doubt:
        if _is_made(wallet.send("POST", resource, body)):
            return
        in_doubt = True  # it is there: an answer was lost, or we come from a backup
    if in_doubt:
        found = wallet.send("GET", path)
        if not found.is_done:
            _is_made(wallet.send("POST", resource, body))
            return
        if says_the_same(found.body, body) and not _has_more(found.body, body):
            return
    if errand.rings:
        body["notifyPreference"] = "NOTIFY_ON_UPDATE"
    whole = in_doubt or errand.takes_away
    if whole and errand.linked:
        body["linkedObjectIds"] = list(errand.linked)  # they stay linked whatever we say; a whole object says so
    if not wallet.send("PUT" if whole else "PATCH", path, body).is_done:
        _is_made(wallet.send("POST", resource, errand.body))


def _put_class(wallet: GoogleWallet, errand: ClassErrand) -> None:
    resource = classes.RESOURCES[errand.wanted.kind]
    path = f"{resource}/{errand.wanted.id}"
    if errand.is_new:
        if _is_made(wallet.send("POST", resource, errand.body)):
            return
        if says_the_same(wallet.send("GET", path).body, errand.body):
            return
    if not wallet.send("PUT", path, errand.body).is_done:
        _is_made(wallet.send("POST", resource, errand.body))


def _is_made(answer: GoogleAnswer) -> bool:
    """Whether this insert made it; false if it was there. Raises `GoogleRefuses` for an object without its class."""
    if answer.status == 404:
        raise GoogleRefuses(answer.status, CLASS_MISSING)
    return answer.is_done


def _has_more(found: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether Google has something of ours that is to be there no longer."""
    return any(name in found and name not in said for name in objects.OURS)
