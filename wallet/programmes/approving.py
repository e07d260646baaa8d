"""An approver makes a draft a version that will be in force."""

import uuid
from datetime import datetime

from app import db, locks
from app.logs import log
from wallet.programmes import drafting, queries
from wallet.programmes.errors import ProgrammeSelfApproval, ProgrammeStartPast
from wallet.programmes.models import ProgrammeVersion


def approve(*, brand_id: uuid.UUID, version: int, revision: int, by: uuid.UUID, now: datetime) -> ProgrammeVersion:
    """Approve a draft: from its start on, or from now, purchases are judged by it. It never changes afterwards.

    A start in the past would judge purchases anew, so it is refused; but for a brand's first version, before which
    nothing was judged: then what was bought since is counted by it.
    Raises `ProgrammeUnknown`, `ProgrammeApproved`, `PreconditionFailed`, `ProgrammeSelfApproval`, `ProgrammeStartPast`.
    """
    locks.hold(f"programme:{brand_id}")
    found = drafting.to_change(brand_id=brand_id, version=version, revision=revision)
    if found.drafted_by == by:
        raise ProgrammeSelfApproval
    begun = db.first(queries.approved_versions(brand_id)) is not None
    if begun and found.starts_at is not None and found.starts_at < now:
        raise ProgrammeStartPast
    found.starts_at = found.starts_at or now
    found.approved_by, found.approved_at = by, now
    found.revision += 1
    db.session().flush()
    log.info("programme_approved", brand_id=str(brand_id), version=version, by=str(by))
    return found
