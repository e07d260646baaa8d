"""Row-level security compares a member's rows with the member who is named now, not when the statement began.

A statement that serves several members, one after the other, names each to it in turn. `(SELECT ici_member())` was
asked once per statement and so showed the rows of the first one only.
"""

import re

from alembic import op
from sqlalchemy import text

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _compare_members_with("ici_member()")


def downgrade() -> None:
    _compare_members_with("(SELECT ici_member())")


def _compare_members_with(named: str) -> None:
    """Write the policy of each table with a member again; what is asked once per statement comes first."""
    policies = op.get_bind().execute(
        text("SELECT tablename, qual FROM pg_policies WHERE policyname = 'readers' AND qual LIKE '%ici_member()%'")
    )
    for table, written in policies.all():
        others = [f"{who}_id = (SELECT ici_{who}())" for who in re.findall(r"ici_(brand|principal)\(\)", written)]
        rule = " OR ".join(["(SELECT ici_is_system())", *others, f"member_id = {named}"])
        op.execute(f"ALTER POLICY readers ON {table} USING ({rule}) WITH CHECK ({rule})")
