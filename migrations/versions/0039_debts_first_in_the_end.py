"""Who owes points has none to spend: judged at COMMIT, as points may arrive before what is owed is taken of them.

Points that come back after a merge are carried from ledger to ledger, and each must be written before the next can ask
where they came from.
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

JUDGE = """
CREATE FUNCTION ici_debt_first() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    acting text := current_setting('ici.system', true);
    owes boolean;
BEGIN
    -- Whoever the transaction acted for last, the row is looked at again as the system.
    PERFORM set_config('ici.system', 'on', true);
    SELECT available > 0 AND debt > 0 INTO owes FROM points_balance AS b
    WHERE b.member_id = NEW.member_id AND b.currency_id = NEW.currency_id;
    PERFORM set_config('ici.system', coalesce(acting, ''), true);
    IF owes THEN
        RAISE EXCEPTION 'points can be spent while others are owed' USING ERRCODE = 'check_violation',
            TABLE = 'points_balance', CONSTRAINT = 'ck_points_balance_debt_first';
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    op.drop_constraint(op.f("ck_points_balance_debt_first"), "points_balance")
    op.execute(JUDGE)
    op.execute(
        "CREATE CONSTRAINT TRIGGER debt_first AFTER INSERT OR UPDATE ON points_balance DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW WHEN (NEW.available > 0 AND NEW.debt > 0) EXECUTE FUNCTION ici_debt_first()"
    )
    op.execute("REVOKE ALL ON FUNCTION ici_debt_first FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION ici_debt_first TO ici_app")


def downgrade() -> None:
    op.execute("DROP TRIGGER debt_first ON points_balance")
    op.execute("DROP FUNCTION ici_debt_first")
    op.create_check_constraint(op.f("ck_points_balance_debt_first"), "points_balance", "available = 0 OR debt = 0")
