"""The limit of a scan and of a sale: their rows made by one function of the database, without HTTP, rights or rules.

It writes the rows that we write, in as many tables, for members of the stand-in; `bench.till` compares the counts.
"""

from typing import Any

import psycopg

FUNCTIONS = """
CREATE TABLE IF NOT EXISTS bench_sample (asked jsonb, trace jsonb, answer bytea);
CREATE TABLE IF NOT EXISTS bench_spare AS
 SELECT row_number() OVER (ORDER BY n) - 1 AS turn, member_id, coupon_id, code FROM bench_coupon
 WHERE holder >= {buyers};
CREATE UNIQUE INDEX IF NOT EXISTS bench_spare_turn ON bench_spare (turn);

CREATE OR REPLACE FUNCTION bench_new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
 SELECT CAST(lpad(to_hex(CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)), 12, '0') || '7'
  || substr(replace(CAST(gen_random_uuid() AS text), '-', ''), 14) AS uuid) $$;

CREATE OR REPLACE FUNCTION bench_scan() RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
 till int := floor(random() * {tills});
 who int := floor(random() * {members});
 scanned uuid := bench_new_id();
 one record;
BEGIN
 SELECT pass_code.member_id, pass_code.target_id, pass_code.kind, card.brand_id, display_name INTO STRICT one
  FROM bench_member AS shown JOIN pass_code USING (code)
  JOIN card ON card.member_id = pass_code.member_id AND card.id = pass_code.target_id
  WHERE shown.n = who AND card.status = 'active' AND pass_code.revoked_at IS NULL;
 INSERT INTO scan (member_id, id, brand_id, store_id, terminal_id, kind, target_id, scanned_at)
  VALUES (one.member_id, scanned, one.brand_id, bench_id(3, till), bench_id(10, till), one.kind, one.target_id, now());
 INSERT INTO personal_read (member_id, id, brand_id, store_id, role, data_classes, read_at)
  VALUES (one.member_id, bench_new_id(), one.brand_id, bench_id(3, till), 'terminal', '{{account}}', now());
 INSERT INTO idempotency_key (principal_id, route, key, fingerprint, status, headers, body, created_at, expires_at)
  VALUES (bench_id(10, till), 'scan', CAST(scanned AS text), sha256('bench'), 201, '{{}}',
   convert_to(repeat(one.display_name, 25), 'UTF8'), now(), now() + interval '30 days');
 RETURN scanned;
END $$;

CREATE OR REPLACE FUNCTION bench_sale() RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
 till int := floor(random() * {tills});
 store uuid := bench_id(3, till);
 place_in_line bigint := nextval('bench_turn');
 sold uuid := bench_new_id();
 bought uuid := bench_new_id();
 entries uuid[] := ARRAY[bench_new_id(), bench_new_id(), bench_new_id()];
 one record; purse record; lot record; sample record;
BEGIN
 SELECT spare.* INTO STRICT one FROM bench_spare AS spare WHERE turn = place_in_line;
 SELECT * INTO STRICT sample FROM bench_sample;
 UPDATE coupon SET status = 'redeemed' WHERE member_id = one.member_id AND id = one.coupon_id AND status = 'active';
 IF NOT FOUND THEN RAISE 'this coupon is used already'; END IF;
 SELECT * INTO STRICT purse FROM points_balance WHERE member_id = one.member_id FOR UPDATE;
 SELECT * INTO STRICT lot FROM points_lot_state WHERE member_id = one.member_id AND state = 'active'
  AND remaining >= 1000 FOR UPDATE;
 INSERT INTO sale (member_id, id, brand_id, store_id, terminal_id, terminal, receipt, state, currency, asked, trace,
  payable_minor, closing, purchase_id, points_currency_id, points_spent, spend_id, opened_at, closed_at)
  VALUES (one.member_id, sold, purse.brand_id, store, bench_id(10, till), '1', sold, 'closed', 'EUR', sample.asked,
   sample.trace, 7700, 1, bought, purse.currency_id, 100, entries[1], now(), now());
 INSERT INTO sale_number (store_id, terminal, receipt, brand_id, member_id, sale_id)
  VALUES (store, '1', sold, purse.brand_id, one.member_id, sold);
 INSERT INTO redemption (member_id, id, brand_id, coupon_id, store_id, terminal_id, redeemed_at, sale_id)
  VALUES (one.member_id, bench_new_id(), purse.brand_id, one.coupon_id, store, bench_id(10, till), now(), sold);
 INSERT INTO receipt_number (brand_id, place, terminal, receipt, member_id, purchase_id, bought_at)
  VALUES (purse.brand_id, store, '1', sold, one.member_id, bought, now());
 INSERT INTO purchase (member_id, id, brand_id, store_id, channel, terminal, receipt, currency, tax_included,
  gross_minor, promotion_minor, net_minor, content, bought_at, recorded_at, awarded_at)
  VALUES (one.member_id, bought, purse.brand_id, store, 'store', '1', sold, 'EUR', true, 8632, 932, 7700,
   sha256('bench'), now(), now(), now());
 INSERT INTO purchase_line (member_id, purchase_id, position, brand_id, sku, label, category, quantity, gross_minor,
  promotion_minor, net_minor, tax_bp)
  SELECT one.member_id, bought, place, purse.brand_id, 'A' || place, 'Article ' || place, 'home/kitchen', 1, 1700, 180,
   1520, 2000 FROM generate_series(1, 5) AS place;
 INSERT INTO points_entry (member_id, id, currency_id, brand_id, sequence, kind, from_account, to_account, amount,
  source, reason, facts, occurred_at, recorded_at, hash)
  SELECT one.member_id, entries[place], purse.currency_id, purse.brand_id, purse.sequence + place,
   CASE place WHEN 1 THEN 'spent' ELSE 'earned' END, CASE place WHEN 1 THEN 'available' ELSE 'issued' END,
   CASE place WHEN 1 THEN 'spent' ELSE 'available' END, CASE place WHEN 1 THEN 100 ELSE 43 END,
   'purchase:' || entries[place], 'programme', sample.asked #> '{{lines,0}}', now(), now(), sha256('bench')
  FROM generate_series(1, 3) AS place;
 INSERT INTO points_allocation (member_id, entry_id, lot_id, brand_id, amount)
  VALUES (one.member_id, entries[1], lot.lot_id, purse.brand_id, -100);
 INSERT INTO points_lot (member_id, entry_id, brand_id, amount, earned_at, lasts)
  SELECT one.member_id, entries[place], purse.brand_id, 43, now(), '2Y' FROM generate_series(2, 3) AS place;
 INSERT INTO points_lot_state (member_id, lot_id, currency_id, brand_id, earned_at, remaining, state, activates_at,
  expires_at)
  SELECT one.member_id, entries[place], purse.currency_id, purse.brand_id, now(), 43, 'active', now(),
   now() + interval '2 years' FROM generate_series(2, 3) AS place;
 UPDATE points_lot_state SET remaining = remaining - 100 WHERE member_id = one.member_id AND lot_id = lot.lot_id;
 UPDATE points_balance SET available = available - 14, sequence = sequence + 3, head = sha256('bench'),
  totals = totals || jsonb_build_object('spent', sequence)
  WHERE member_id = one.member_id AND currency_id = purse.currency_id;
 INSERT INTO purchase_award (member_id, purchase_id, rule, brand_id, version, currency_id, entry_id, points, shares,
  facts, bought_at, awarded_at)
  SELECT one.member_id, bought, 'rule' || place, purse.brand_id, 1, purse.currency_id, entries[place], 43,
   '{{"1": 16, "2": 9, "3": 19, "4": 10, "5": 23}}', sample.asked #> '{{lines,0}}', now(), now()
  FROM generate_series(2, 3) AS place;
 INSERT INTO personal_read (member_id, id, brand_id, store_id, role, data_classes, read_at)
  VALUES (one.member_id, bench_new_id(), purse.brand_id, store, 'terminal', '{{purchase,coupon}}', now());
 INSERT INTO idempotency_key (principal_id, route, key, fingerprint, status, headers, body, created_at, expires_at)
  VALUES (bench_id(10, till), 'sale', CAST(sold AS text), sha256('bench'), 201, '{{}}', sample.answer, now(),
   now() + interval '30 days');
 RETURN sold;
END $$;
"""

SCAN, SALE = "SELECT bench_scan();", "SELECT bench_sale();"
"""What pgbench sends."""


def make_functions(connection: "psycopg.Connection[Any]", *, buyers: int, members: int, tills: int) -> None:
    """The functions, and the coupons that they use in turn."""
    connection.execute(FUNCTIONS.format(buyers=buyers, members=members, tills=tills))
    connection.execute("ANALYZE bench_spare")


def take_sample(connection: "psycopg.Connection[Any]", answer: bytes) -> None:
    """Sales of the limit hold as much text as the last one of ours, and its answer."""
    connection.execute("TRUNCATE bench_sample")
    connection.execute(
        "INSERT INTO bench_sample SELECT asked, trace, %s FROM sale ORDER BY opened_at DESC LIMIT 1", (answer,)
    )


def free_coupons(connection: "psycopg.Connection[Any]") -> None:
    """Let the coupons of the stand-in be used again."""
    connection.execute(
        "UPDATE redemption SET undone_at = now() FROM bench_spare AS spare WHERE undone_at IS NULL"
        " AND redemption.member_id = spare.member_id AND redemption.coupon_id = spare.coupon_id"
    )
    connection.execute(
        "UPDATE coupon SET status = 'active' FROM bench_spare AS spare WHERE status = 'redeemed'"
        " AND coupon.member_id = spare.member_id AND coupon.id = spare.coupon_id"
    )
    connection.execute("SELECT setval('bench_turn', 0, false)")
