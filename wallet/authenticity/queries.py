"""Questions about codes that change."""

import uuid

from sqlalchemy import ColumnElement, Select, and_, exists, not_, select

from app.sql import db
from wallet.authenticity.models import CodePolicy, CodeSecret, CodeShowing, ProofStanding
from wallet.passes.models import PassCode

NEEDS_FRESH = """
    EXISTS (SELECT FROM code_secret WHERE code_secret.member_id = {code}.member_id AND code_secret.code = {code}.code)
    AND NOT EXISTS (
        SELECT FROM code_policy WHERE code_policy.brand_id = {code}.brand_id AND code_policy.plain_codes_spend
    )
"""
"""Whether a code by itself only finds its card or coupon, for other rooms' statements; `{code}` is a row of
`pass_code`."""


def needs_fresh() -> ColumnElement[bool]:
    """Whether a code by itself only finds its card or coupon: it has a form that changes, and the brand lets nothing
    else spend."""
    changes = exists().where(CodeSecret.member_id == PassCode.member_id, CodeSecret.code == PassCode.code)
    spends = exists().where(CodePolicy.brand_id == PassCode.brand_id, CodePolicy.plain_codes_spend)
    return and_(changes, not_(spends))


GIVEN = db.HotStatement("""
SELECT code, salt,
    CASE %(form)s WHEN 'window' THEN window_since WHEN 'revision' THEN revision_since ELSE totp_since END AS since
FROM code_secret WHERE code = ANY(%(codes)s::text[])
""")
"""The salts of these codes, and since when this form of theirs is given out."""

GIVE_OUT = db.HotStatement("""
INSERT INTO code_secret AS known
    (member_id, code, brand_id, salt, made_at, window_since, revision_since, totp_since)
SELECT code.member_id, code.code, code.brand_id, made.salt, %(now)s::timestamptz,
    CASE WHEN %(form)s = 'window' THEN %(now)s::timestamptz END,
    CASE WHEN %(form)s = 'revision' THEN %(now)s::timestamptz END,
    CASE WHEN %(form)s = 'totp' THEN %(now)s::timestamptz END
FROM unnest(%(codes)s::text[], %(salts)s::bytea[]) AS made (code, salt)
JOIN pass_code AS code ON code.code = made.code AND code.revoked_at IS NULL
ORDER BY code.code
ON CONFLICT (code) DO UPDATE SET
    window_since = COALESCE(known.window_since, excluded.window_since),
    revision_since = COALESCE(known.revision_since, excluded.revision_since),
    totp_since = COALESCE(known.totp_since, excluded.totp_since)
RETURNING code, salt
""")
"""From now on this form of these codes is given out: their salts, which do not change. Codes that ended have none."""

JUDGE = db.HotStatement("""
SELECT asked.place, code.member_id, secret.salt, secret.used_revision, used.used_at, used.used_for
FROM unnest(%(codes)s::text[], %(forms)s::text[], %(counters)s::bigint[]) WITH ORDINALITY
    AS asked (code, form, counter, place)
JOIN pass_code AS code ON code.code = asked.code AND code.brand_id = %(brand_id)s
LEFT JOIN code_secret AS secret ON secret.member_id = code.member_id AND secret.code = code.code
LEFT JOIN code_showing AS used ON used.member_id = code.member_id AND used.code = code.code
    AND used.form = asked.form AND used.counter = asked.counter AND used.used_at IS NOT NULL
""")
"""What is known of these codes of a brand, and who used them in this form with this counter; none for a stranger's."""

NOTE_SHOWINGS = db.HotStatement("""
INSERT INTO code_showing
    (member_id, id, code, brand_id, store_id, terminal_id, form, counter, standing, shown_at)
SELECT code.member_id, shown.id, code.code, code.brand_id, %(store_id)s::uuid, %(terminal_id)s::uuid,
    shown.form, shown.counter, shown.standing, %(now)s::timestamptz
FROM unnest(%(ids)s::uuid[], %(codes)s::text[], %(forms)s::text[], %(counters)s::bigint[], %(standings)s::text[])
    AS shown (id, code, form, counter, standing)
JOIN pass_code AS code ON code.code = shown.code AND code.brand_id = %(brand_id)s
""")
"""That these codes were shown, and not used."""

USE = db.HotStatement("""
WITH passed AS (
    UPDATE code_secret SET used_revision = %(counter)s::bigint
    WHERE %(form)s::text = 'revision' AND member_id = %(member_id)s::uuid AND code = %(code)s::text
        AND COALESCE(used_revision, -1) < %(counter)s::bigint
    RETURNING code
)
INSERT INTO code_showing
    (member_id, id, code, brand_id, store_id, terminal_id, form, counter, standing, shown_at, used_at, used_for)
SELECT %(member_id)s::uuid, %(id)s::uuid, %(code)s::text, %(brand_id)s::uuid, %(store_id)s::uuid,
    %(terminal_id)s::uuid, %(form)s::text, %(counter)s::bigint, 'fresh', %(now)s::timestamptz, %(now)s::timestamptz,
    %(used_for)s::text
WHERE %(form)s::text <> 'revision' OR EXISTS (SELECT FROM passed)
ON CONFLICT (member_id, code, form, counter) WHERE used_at IS NOT NULL DO NOTHING
RETURNING id
""")
"""Use what was shown, once: no row if somebody else did, or used a later revision. Who comes second waits here."""

SHOWN_BEFORE = db.HotStatement("""
SELECT showing.form, showing.counter, used.used_for
FROM code_showing AS showing
LEFT JOIN code_showing AS used ON used.member_id = showing.member_id AND used.code = showing.code
    AND used.form = showing.form AND used.counter = showing.counter AND used.used_at IS NOT NULL
WHERE showing.member_id = %(member_id)s AND showing.code = %(code)s AND showing.store_id = %(store_id)s
    AND showing.standing = 'fresh' AND showing.shown_at > %(since)s
    AND (used.used_at IS NULL OR used.used_for = %(used_for)s::text)
ORDER BY used.used_at DESC NULLS LAST, showing.shown_at DESC
LIMIT 1
""")
"""The last time that this code was shown fresh at this store and not used since, but for the same purpose."""


def policy_of(brand_id: uuid.UUID) -> Select[CodePolicy]:
    """What a brand said of codes, if it did."""
    return select(CodePolicy).where(CodePolicy.brand_id == brand_id)


def alarms_of(brand_id: uuid.UUID) -> Select[CodeShowing]:
    """What was shown at a brand and was not fresh."""
    return select(CodeShowing).where(CodeShowing.brand_id == brand_id, CodeShowing.standing != str(ProofStanding.FRESH))
