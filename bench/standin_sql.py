"""The statements of the stand-in, each as one writes it for asyncpg. Read by `bench.standin_till` only."""

PASS = """
SELECT pass_code.member_id, pass_code.target_id, pass_code.kind, card.brand_id, display_name
FROM pass_code JOIN card ON card.member_id = pass_code.member_id AND card.id = pass_code.target_id
WHERE pass_code.code = $1 AND revoked_at IS NULL AND status = 'active'
"""
COUPON = """
SELECT coupon.member_id, coupon.id, coupon.brand_id, offer_id, title_fr, benefit
FROM pass_code JOIN coupon ON coupon.member_id = pass_code.member_id AND coupon.id = target_id
JOIN offer_version USING (offer_id) WHERE pass_code.code = $1 AND status = 'active' FOR UPDATE OF coupon
"""
USE = "UPDATE coupon SET status = 'redeemed' WHERE member_id = $1 AND id = $2"
SCANNED = """
INSERT INTO scan (member_id, id, brand_id, store_id, terminal_id, kind, target_id, scanned_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
REDEEMED = """
INSERT INTO redemption (member_id, id, brand_id, coupon_id, store_id, terminal_id, redeemed_at, sale_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
BALANCE = "SELECT available, sequence FROM points_balance WHERE member_id = $1 AND currency_id = $2 FOR UPDATE"
LOT = """
SELECT lot_id FROM points_lot_state WHERE member_id = $1 AND currency_id = $2 AND state = 'active' AND remaining >= $3
ORDER BY expires_at LIMIT 1 FOR UPDATE
"""
SALE = """
INSERT INTO sale (member_id, id, brand_id, store_id, terminal_id, terminal, receipt, state, currency, asked, trace,
 payable_minor, closing, purchase_id, points_currency_id, points_spent, spend_id, opened_at, closed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'closed', $8, $9, $10, $11, 1, $12, $13, $14, $15, $16, $16)
"""
NUMBER = """
INSERT INTO sale_number (store_id, terminal, receipt, brand_id, member_id, sale_id) VALUES ($1, $2, $3, $4, $5, $6)
"""
RECEIPT = """
INSERT INTO receipt_number (brand_id, place, terminal, receipt, member_id, purchase_id, bought_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
PURCHASE = """
INSERT INTO purchase (member_id, id, brand_id, store_id, channel, terminal, receipt, currency, tax_included,
 gross_minor, promotion_minor, net_minor, content, bought_at, recorded_at, awarded_at)
VALUES ($1, $2, $3, $4, 'store', $5, $6, $7, true, $8, $9, $8 - $9::bigint, $10, $11, $11, $11)
"""
LINES = """
INSERT INTO purchase_line (member_id, purchase_id, position, brand_id, sku, label, category, quantity, gross_minor,
 promotion_minor, net_minor, tax_bp)
SELECT $1, $2, place, $3, sku, label, category, quantity, gross, promotion, gross - promotion, tax
FROM unnest($4::int[], $5::text[], $6::text[], $7::text[], $8::int[], $9::bigint[], $10::bigint[], $11::smallint[])
 AS line (place, sku, label, category, quantity, gross, promotion, tax)
"""
ENTRIES = """
INSERT INTO points_entry (member_id, id, currency_id, brand_id, sequence, kind, from_account, to_account, amount,
 source, reason, facts, occurred_at, recorded_at, hash)
SELECT $1, id, $2, $3, $4 + place, kind, CASE kind WHEN 'spent' THEN 'available' ELSE 'issued' END,
 CASE kind WHEN 'spent' THEN 'spent' ELSE 'available' END, amount, source, 'sale', facts, $5, $5, $6
FROM unnest($7::uuid[], $8::text[], $9::bigint[], $10::text[], $11::jsonb[]) WITH ORDINALITY
 AS entry (id, kind, amount, source, facts, place)
"""
ALLOCATION = "INSERT INTO points_allocation (member_id, entry_id, lot_id, brand_id, amount) VALUES ($1, $2, $3, $4, $5)"
LOTS = """
INSERT INTO points_lot (member_id, entry_id, brand_id, amount, earned_at, lasts)
SELECT $1, id, $2, amount, $3, '2Y' FROM unnest($4::uuid[], $5::bigint[]) AS lot (id, amount)
"""
STATES = """
INSERT INTO points_lot_state (member_id, lot_id, currency_id, brand_id, earned_at, remaining, state, activates_at,
 expires_at)
SELECT $1, id, $2, $3, $4, amount, 'active', $4, $5 FROM unnest($6::uuid[], $7::bigint[]) AS lot (id, amount)
"""
EATEN = "UPDATE points_lot_state SET remaining = remaining - $3 WHERE member_id = $1 AND lot_id = $2"
BALANCED = """
UPDATE points_balance SET available = available + $3, sequence = sequence + 3, head = $4,
 totals = jsonb_set(totals, '{spent}', to_jsonb(COALESCE(CAST(totals ->> 'spent' AS bigint), 0) + $5::bigint))
WHERE member_id = $1 AND currency_id = $2
"""
AWARDS = """
INSERT INTO purchase_award (member_id, purchase_id, rule, brand_id, version, currency_id, entry_id, points, shares,
 facts, bought_at, awarded_at)
SELECT $1, $2, rule, $3, 1, $4, entry, points, shares, facts, $5, $5
FROM unnest($6::text[], $7::uuid[], $8::bigint[], $9::jsonb[], $10::jsonb[])
 AS award (rule, entry, points, shares, facts)
"""
READ = """
INSERT INTO personal_read (member_id, id, brand_id, store_id, role, data_classes, read_at)
VALUES ($1, $2, $3, $4, 'terminal', $5, $6)
"""
KEY = """
INSERT INTO idempotency_key (principal_id, route, key, fingerprint, status, headers, body, created_at, expires_at)
VALUES ($1, $2, $3, $4, 201, '{"Content-Type": "application/json"}', $5, $6, $7)
"""
