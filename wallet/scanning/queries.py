"""Questions about scans."""

import uuid

from sqlalchemy import Select, and_, bindparam, select

from app.access_log.reads import NOTED
from app.sql import db
from wallet.cards.models import Card
from wallet.passes.models import PassCode
from wallet.scanning.models import Scan

WRITE_SCAN = db.HotStatement(f"""
WITH {NOTED}
INSERT INTO scan (member_id, id, brand_id, store_id, terminal_id, kind, target_id, scanned_at, standing)
VALUES (%(member_id)s, %(id)s, %(brand_id)s, %(store_id)s, %(terminal_id)s, %(kind)s, %(target_id)s, %(scanned_at)s,
    %(standing)s)
""")  # noqa: S608 (our own constants)
"""A scan, and the trace that staff saw whose pass it was."""

SCAN_AGAIN = db.put_together(
    select(*Scan.__table__.columns, PassCode.code, Card.id.label("card_id"), Card.display_name)
    .join(PassCode, and_(PassCode.member_id == Scan.member_id, PassCode.target_id == Scan.target_id))
    .outerjoin(Card, and_(Card.member_id == Scan.member_id, Card.brand_id == Scan.brand_id))
    .where(
        Scan.brand_id == bindparam("brand_id"),
        Scan.store_id == bindparam("store_id"),
        Scan.id == bindparam("scan_id"),
    )
    .order_by(PassCode.created_at.desc(), PassCode.code)
    .limit(1)
)
"""A scan that a terminal of the store made, with the newest code of what was read and the member's card of the brand,
if there is one."""


def scan_at_store(scan_id: uuid.UUID, *, brand_id: uuid.UUID, store_id: uuid.UUID) -> Select[Scan]:
    """This scan, if a terminal of the store made it: nobody is shown to, or acted for in, a store they are not in."""
    return select(Scan).where(Scan.brand_id == brand_id, Scan.store_id == store_id, Scan.id == scan_id)
