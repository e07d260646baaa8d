"""The rows of a chain of shops, each table by one statement. Read by `bench.chain` only."""

FUNCTIONS = """
CREATE FUNCTION bench_id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
 SELECT CAST(lpad(to_hex(1767225600000 + n / 64), 12, '0') || '7' || lpad(to_hex(kind), 3, '0')
  || '8' || lpad(to_hex(n), 15, '0') AS uuid) $$;
CREATE TABLE bench_code (n bigint PRIMARY KEY, code text NOT NULL);
CREATE TABLE bench_till (n int PRIMARY KEY, token text NOT NULL, key_hash bytea NOT NULL);
CREATE TABLE bench_member (n int PRIMARY KEY, member_id uuid NOT NULL, card_id uuid NOT NULL, code text NOT NULL);
CREATE TABLE bench_coupon (n bigint PRIMARY KEY, holder int NOT NULL, k int NOT NULL, member_id uuid NOT NULL,
 coupon_id uuid NOT NULL, code text NOT NULL);
CREATE SEQUENCE bench_turn MINVALUE 0 START 0;
"""
"""An id like UUIDv7's, ordered by n and the same in every run; and what the load must know of the rows it sends."""

BRAND = """
WITH made AS (
 INSERT INTO brand (id, code, name, countries, time_zone, currency, created_at, legal_name, postal_address,
   privacy_contact)
  VALUES (%(brand)s, %(code)s, 'Mille Magasins', '{FR}', 'Europe/Paris', 'EUR', '2026-01-01Z', 'Mille Magasins SA',
   '1000 avenue des Magasins, 59000 Lille, FR', 'donnees@mille-magasins.example')),
 staff AS (
 INSERT INTO console_user (id, brand_id, email, name, role, password_hash, created_at)
  VALUES (%(author)s, %(brand)s, 'm@example.org', 'Camille', 'merchandiser', '!', '2026-01-01Z'),
         (%(approver)s, %(brand)s, 'a@example.org', 'Dominique', 'approver', '!', '2026-01-01Z'))
INSERT INTO points_currency (id, brand_id, code, name_fr, name_en, lasts, created_at, worth_points, worth_minor)
 VALUES (%(points)s, %(brand)s, 'points', 'Points', 'Points', '2Y', '2026-01-01Z', 20, 100),
        (%(spare_points)s, %(brand)s, 'spare', 'Points', 'Points', '2Y', '2026-02-01Z', NULL, NULL)
"""

PROGRAMME = """
INSERT INTO programme_version (brand_id, version, content, starts_at, revision, drafted_by, drafted_at, approved_by,
 approved_at, climbed_at)
VALUES (%(brand)s, 1, %(content)s, %(starts_at)s, 2, %(author)s, %(starts_at)s, %(approver)s, %(starts_at)s,
 %(starts_at)s)
"""

STORES = """
INSERT INTO store (id, brand_id, reference, name, location, time_zone, country, opening_hours, address, created_at,
 updated_at)
SELECT bench_id(3, n), %(brand)s, 'S' || n, 'Magasin ' || n, ST_MakePoint(-1 + random() * 7.5, 43.5 + random() * 6),
 'Europe/Paris', 'FR', '24/7', n %% 200 || ' rue de la République', %(start)s, %(start)s
FROM generate_series(0, %(stores)s - 1) AS n
"""

TERMINALS = """
INSERT INTO terminal (id, brand_id, store_id, name, key_hash, paired_at, created_at)
SELECT bench_id(10, n), %(brand)s, bench_id(3, n %% %(stores)s), 'Caisse ' || n, key_hash, %(start)s, %(start)s
FROM bench_till
"""

OFFERS = """
INSERT INTO offer (id, brand_id, status, live_version, draft_version, revision, created_by, created_at, updated_at)
SELECT bench_id(4, n), %(brand)s, 'live', 1, NULL, 2, %(author)s, %(start)s, %(start)s
FROM generate_series(0, %(offers)s - 1) AS n
"""

VERSIONS = """
INSERT INTO offer_version (offer_id, version, title_fr, title_en, text_fr, text_en, benefit, targets, starts_local,
 ends_local, member_limit, priority, coupon_valid_days, drafted_by, drafted_at, approved_by, approved_at)
SELECT bench_id(4, n), 1, 'Avantage ' || n, 'Benefit ' || n, 'Sur tout le magasin, une fois par passage en caisse.',
 'In the whole shop, once per visit.',
 CASE n %% 10 WHEN 2 THEN jsonb_build_object('kind', 'amount', 'amount_minor', 100 + n %% 7 * 50, 'currency', 'EUR')
              WHEN 1 THEN jsonb_build_object('kind', 'points', 'points', 50 + n %% 7 * 10)
              ELSE jsonb_build_object('kind', 'percent', 'percent', 5 + n %% 4 * 5) END,
 CASE n %% 2 WHEN 0 THEN '{"brand": true}'
  ELSE jsonb_build_object('areas', '[]'::jsonb, 'stores', (SELECT jsonb_agg(bench_id(3, (n * 31 + s * 7) %% %(stores)s))
   FROM generate_series(0, n %% 8) AS s)) END,
 CAST(%(now)s AS timestamptz) - interval '10 days', CAST(%(now)s AS timestamptz) + interval '300 days',
 1000, 50, 300, %(author)s, %(start)s, %(approver)s, %(start)s
FROM generate_series(0, %(offers)s - 1) AS n
"""
"""Every second one holds in some shops, the others in the whole chain: those take a share or an amount off. A member
may claim each as often as a bench does."""

BY_ITSELF = """
UPDATE offer_version SET applies = 'automatic', targets = jsonb_build_object('areas', '[]'::jsonb, 'stores',
 (SELECT jsonb_build_array(store_id) FROM terminal ORDER BY id DESC LIMIT 1))
WHERE offer_id = bench_id(4, 1)
"""
"""One applies by itself, in the shop of the last till alone."""

BENCH_MEMBERS = """
INSERT INTO bench_member
SELECT n, bench_id(5, n), bench_id(6, n), code FROM bench_code WHERE n < %(members)s
"""

MEMBERS = """
INSERT INTO member (member_id, language, created_at) SELECT member_id, 'fr', %(start)s FROM bench_member
"""

CARDS = """
INSERT INTO card (member_id, id, brand_id, code, display_name, status, version, joined_at)
SELECT member_id, card_id, %(brand)s, code, 'Membre ' || right(code, 4), 'active', 1, %(start)s FROM bench_member
"""

CARD_CODES = """
INSERT INTO pass_code (code, kind, brand_id, member_id, target_id, created_at)
SELECT code, 'card', %(brand)s, member_id, card_id, %(start)s FROM bench_member
"""

SESSIONS = """
INSERT INTO member_session (member_id, id, generation, rotated_at, created_at, expires_at)
SELECT member_id, bench_id(7, n), 0, %(start)s, %(start)s, CAST(%(now)s AS timestamptz) + interval '200 days'
FROM bench_member WHERE n < %(buyers)s OR n >= %(members)s - %(leavers)s
"""

BENCH_COUPONS = """
INSERT INTO bench_coupon
SELECT place, holder, k, member_id, bench_id(8, place), bench_code.code
FROM (SELECT holder, k, row_number() OVER (ORDER BY k, holder) - 1 AS place
  FROM generate_series(0, 2 * %(buyers)s - 1) AS holder,
   LATERAL generate_series(0, CASE WHEN holder < %(buyers)s THEN %(each)s ELSE %(each_spare)s END - 1) AS k) AS held
JOIN bench_member ON bench_member.n = holder JOIN bench_code ON bench_code.n = %(members)s + place
"""
"""In the order in which they are used, so that a member's coupons are far from each other."""

COUPONS = """
INSERT INTO coupon (member_id, id, brand_id, offer_id, offer_version, ordinal, code, status, claimed_at, expires_at,
 ends_local)
SELECT member_id, coupon_id, %(brand)s, bench_id(4, (holder * 13 + k) %% %(seats)s * 2), 1, k / %(seats)s + 1, code,
 'active', %(start)s, CAST(%(now)s AS timestamptz) + interval '200 days',
 (CAST(%(now)s AS timestamptz) + interval '200 days') AT TIME ZONE 'Europe/Paris'
FROM bench_coupon
"""

COUPON_CODES = """
INSERT INTO pass_code (code, kind, brand_id, member_id, target_id, created_at)
SELECT code, 'coupon', %(brand)s, member_id, coupon_id, %(start)s FROM bench_coupon
"""

ALLOWED = """
(VALUES (0, 'in_app', 'personalised_offers', 'proactive'), (1, 'till', 'in_store_offers', 'proactive'),
 (2, 'web', 'personalised_offers', 'alert_on_request')) AS yes (k, touchpoint, purpose, level)
JOIN purpose_text AS words ON words.purpose = yes.purpose AND words.locale = 'fr' AND words.version = 1
JOIN bench_member ON n < %(buyers)s OR n >= %(members)s - %(leavers)s
"""

EVENTS = f"""
INSERT INTO permission_event (member_id, id, brand_id, touchpoint, purpose, scope_kind, scope_id, level, state, actor,
 expires_at, evidence, recorded_at)
SELECT member_id, bench_id(11, n * 4 + k), %(brand)s, touchpoint, yes.purpose, 'brand', %(brand)s, level, 'given',
 'data_subject', CAST(%(now)s AS timestamptz) + interval '200 days',
 jsonb_build_object('text_sha256', sha256, 'version', 1, 'locale', 'fr', 'channel', 'app', 'screen_id', 'bench',
  'app_version', '1', 'method', 'button'), %(start)s
FROM {ALLOWED}
"""

CELLS = f"""
INSERT INTO permission_state (member_id, touchpoint, purpose, brand_id, scope_kind, scope_id, event_id, level, state,
 expires_at, version, changed_at, text_version)
SELECT member_id, touchpoint, yes.purpose, %(brand)s, 'brand', %(brand)s, bench_id(11, n * 4 + k), level, 'given',
 CAST(%(now)s AS timestamptz) + interval '200 days', 1, %(start)s, 1
FROM {ALLOWED}
"""

TIERS = """
INSERT INTO member_tier (member_id, brand_id, tier, since, check_at, changed_at)
SELECT member_id, %(brand)s, 'lilac', %(start)s, CAST(%(now)s AS timestamptz) + interval '300 days', %(start)s
FROM bench_member WHERE n < %(buyers)s
"""

TIER_CHANGES = """
INSERT INTO tier_change (member_id, id, brand_id, before, after, reason, points, version, occurred_at, recorded_at)
SELECT member_id, bench_id(12, n), %(brand)s, 'lilac', 'lilac', 'kept', 200000, 1, %(start)s, %(start)s
FROM bench_member WHERE n < %(buyers)s
"""

PURCHASES = """
INSERT INTO purchase (member_id, id, brand_id, store_id, channel, terminal, receipt, currency, tax_included,
 gross_minor, promotion_minor, net_minor, content, bought_at, recorded_at, awarded_at)
SELECT bench_id(5, (n * 7919::bigint) %% %(members)s), bench_id(13, n), %(brand)s, bench_id(3, n %% %(stores)s),
 'store', '1', 'H' || n, 'EUR', true, 900 + n %% 700, 0, 900 + n %% 700,
 decode(md5(CAST(n AS text)), 'hex'), bought_at, bought_at, bought_at
FROM (SELECT n, %(start)s + n * (CAST(%(now)s AS timestamptz) - %(start)s) / %(purchases)s AS bought_at
  FROM generate_series(0, %(purchases)s - 1) AS n) AS history
"""

LINES = """
INSERT INTO purchase_line (member_id, purchase_id, position, brand_id, sku, label, category, quantity, gross_minor,
 promotion_minor, net_minor, tax_bp)
SELECT bench_id(5, (n * 7919::bigint) %% %(members)s), bench_id(13, n), position, %(brand)s, 'A' || n %% 5000,
 'Article ' || n %% 5000, CASE position WHEN 1 THEN 'food/tea' ELSE 'home/kitchen' END, 1,
 CASE position WHEN 1 THEN 400 ELSE 500 + n %% 700 END, 0, CASE position WHEN 1 THEN 400 ELSE 500 + n %% 700 END, 2000
FROM generate_series(0, %(purchases)s - 1) AS n, generate_series(1, 2) AS position
"""

RECEIPTS = """
INSERT INTO receipt_number (brand_id, place, terminal, receipt, member_id, purchase_id, bought_at)
SELECT brand_id, CAST(store_id AS text), terminal, receipt, member_id, id, bought_at FROM purchase
"""

SPARE_BALANCES = """
INSERT INTO points_balance (member_id, currency_id, brand_id, available, totals, sequence, head, opened_at)
SELECT member_id, %(spare_points)s, %(brand)s, 1000000, '{"earned": 1000000}', 1, sha256('bench'), %(start)s
FROM bench_member WHERE n >= %(buyers)s AND n < 2 * %(buyers)s
"""

SPARE_ENTRIES = """
INSERT INTO points_entry (member_id, id, currency_id, brand_id, sequence, kind, from_account, to_account, amount,
 source, reason, facts, occurred_at, recorded_at, hash)
SELECT member_id, bench_id(14, n), %(spare_points)s, %(brand)s, 1, 'earned', 'issued', 'available', 1000000, 'bench',
 'bench', '{}', %(start)s, %(start)s, sha256('bench')
FROM bench_member WHERE n >= %(buyers)s AND n < 2 * %(buyers)s
"""

SPARE_LOTS = """
INSERT INTO points_lot (member_id, entry_id, brand_id, amount, earned_at, lasts)
SELECT member_id, bench_id(14, n), %(brand)s, 1000000, %(start)s, '2Y'
FROM bench_member WHERE n >= %(buyers)s AND n < 2 * %(buyers)s
"""

SPARE_STATES = """
INSERT INTO points_lot_state (member_id, lot_id, currency_id, brand_id, earned_at, remaining, state, activates_at,
 expires_at)
SELECT member_id, bench_id(14, n), %(spare_points)s, %(brand)s, %(start)s, 1000000, 'active', %(start)s,
 CAST(%(now)s AS timestamptz) + interval '1 year'
FROM bench_member WHERE n >= %(buyers)s AND n < 2 * %(buyers)s
"""

STEPS = (
    ("store", STORES),
    ("terminal", TERMINALS),
    ("offer", OFFERS),
    ("offer_version", VERSIONS),
    ("offer_version", BY_ITSELF),
    ("bench_member", BENCH_MEMBERS),
    ("member", MEMBERS),
    ("card", CARDS),
    ("pass_code of cards", CARD_CODES),
    ("member_session", SESSIONS),
    ("bench_coupon", BENCH_COUPONS),
    ("coupon", COUPONS),
    ("pass_code of coupons", COUPON_CODES),
    ("permission_event", EVENTS),
    ("permission_state", CELLS),
    ("member_tier", TIERS),
    ("tier_change", TIER_CHANGES),
    ("purchase", PURCHASES),
    ("purchase_line", LINES),
    ("receipt_number", RECEIPTS),
    ("points_balance of the stand-in", SPARE_BALANCES),
    ("points_entry of the stand-in", SPARE_ENTRIES),
    ("points_lot of the stand-in", SPARE_LOTS),
    ("points_lot_state of the stand-in", SPARE_STATES),
)
