"""The map of personal data stands beside the models: a column about a person that is not on it fails here."""

import pytest
from sqlalchemy import Column, Table, text

from app.data_map import DUTIES, RETENTION, DataClass, Datum, Erase, Export
from app.lifetimes import Lifetime
from app.sql import db

TABLES: list[Table] = list(db.Base.metadata.sorted_tables)
NAMES = [table.name for table in TABLES]

NOBODY = {
    "age_of_consent": "what national laws say",
    "apple_phone_log": "what phones complained of, without whatever could name one",
    "area": "groups of stores",
    "article_popularity": "what a brand sells, to five members at least",
    "area_store": "groups of stores",
    "beacon": "radios in stores",
    "beacon_beside": "which part of 256 of all people heard two beacons together, until the day is counted",
    "beacon_clock": "keys and clocks of radios",
    "beacon_day": "how many people heard a radio, ten at least",
    "beacon_hearing": "which part of 256 of all people heard a radio, shuffled anew, until the day is counted",
    "brand": "retailers",
    "brand_article": "what a brand sells",
    "brand_letter": "the words in which a retailer writes",
    "brand_pass_change": "brands whose passes all say something new",
    "budget_slot": "what an offer may still give",
    "capped_category": "what a brand sells",
    "code_policy": "which codes of a brand may spend; who set it is on the map",
    "decision_policy": "how a brand weighs what speaks for an offer; who set it is on the map",
    "fence": "shapes on the ground",
    "fence_version": "what they are; who drew one is on the map",
    "code_ending": "the beginnings of hashes of codes that tills must not take; of whom one is nobody can say",
    "code_ending_change": "those that the running transaction ended",
    "code_ending_version": "how often codes of a brand ended",
    "dwell_time": "after how long somebody stays in a store",
    "footfall": "how many people came to a store or passed a fence, from ten on",
    "ephemeral_id": "what radios send around now",
    "gesture_budget": "what a store may give; who allotted it is on the map",
    "google_class": "looks of brands and words of offers, as they are at Google",
    "google_farewell": "objects at Google that are to be emptied; whose they were is known nowhere any more",
    "google_issuer": "accounts of brands at Google",
    "google_nonce": "hashes of numbers in Google's messages",
    "google_standing": "how it goes with accounts at Google",
    "heartbeat": "when each background job last ended",
    "log": "the name of the transparency log",
    "log_checkpoint": "what was signed about the log",
    "log_key": "public keys of the log",
    "log_leaf": "salted commitments, which say nothing without their salt",
    "log_node": "hashes over those",
    "live_offer": "offers as they are shown",
    "coupon_issuer": "companies whose coupons tills take; who entered one is on the map",
    "issuer_series": "what holds for numbers of coupons of companies",
    "issuer_entry": "what companies owe for coupons, by sale: a book of account without members",
    "clearing_file": "what companies owe for a month; who closed it is on the map",
    "money_budget": "what offers may cost; who set it is on the map",
    "money_slot": "what is left of that; what is kept for an open sale has the sale's name, until that is over",
    "offer": "what a brand plans; who drafted it is on the map",
    "offer_lease": "how many units of an offer are with a till",
    "offer_place": "where offers hold",
    "offer_showing": "how often an offer was shown or not, by number, day and store",
    "offer_uptake": "how often an offer was shown and taken, by number",
    "offer_version": "what a brand plans; who drafted and approved it is on the map",
    "brand_picture": "a picture that a brand sent; who sent it is on the map",
    "brand_profile": "what a brand says of itself; who wrote it is on the map",
    "pass_design": "what a brand's passes look like; who drew them is on the map",
    "picture": "pictures of brands, without what a camera wrote into them",
    "offline_period": "what a till knew when, and how much it did on trust, by number",
    "offline_policy_version": "what tills may do without a network; who said it is on the map",
    "place": "stores as they are searched",
    "points_currency": "what a brand counts in",
    "gift_card": "money of whoever holds it; which cashier sold it is on the map",
    "gift_card_entry": "what moved that money, and at which till",
    "gift_card_policy": "which gift cards tills sell; who said it is on the map",
    "programme_version": "rules; who drafted and approved them is on the map",
    "catalogue_change": "brands whose catalogue the running transaction changed",
    "catalogue_version": "how often the catalogue of a brand changed",
    "printed_code": "codes on paper; whose one became is said by the coupon",
    "purpose": "the registry of purposes",
    "purpose_text": "the words that members are shown",
    "shown_text": "those words as one brand shows them, and to nobody in particular",
    "retention_run": "what the jobs of retention did, by number",
    "sink": "systems of others that members' data goes to",
    "recipient": "partners, networks and sister brands",
    "reward": "what points buy; who made it is on the map",
    "score_cut": "how the scores of a brand's members are spread",
    "segment": "what a brand asks about its members; who made it is on the map",
    "service_time": "how long one waits in a shop; nobody keeps who said it",
    "showings_counted": "up to which decision they are counted",
    "store": "shops",
    "store_article": "prices and stocks",
    "product_list": "articles that brands list",
    "product_list_article": "articles, and from when until when they are on a list",
    "stamp_card": "what stamp cards of brands look like",
    "store_event": "what happens in shops; nobody keeps who announced it",
    "tag": "printed codes in stores",
    "terminal": "tills and scanners",
    "till_scan": "what tills did by names of their own, for ever; whose it was stands in till_scan_effect",
    "touchpoint": "ways to reach a member",
    "unknown_eid": "what unknown radios sent, and when; by nobody in particular",
    "value_model": "how the members of a brand buy, as seven numbers for a hundred of them at least",
    "zone": "parts of shops",
}
"""Tables about nobody, and what they hold. Every other table is about people, and each of its columns is on the map."""

ENDLESS = {"gesture_giver": "who gave for a brand; no job takes their names yet"}
"""Tables about people that do not say how their rows end, and why."""

COLUMNS: list[Column[object]] = [column for table in TABLES if table.name not in NOBODY for column in table.columns]


def test_a_table_that_says_who_may_read_it_is_about_somebody() -> None:
    assert [table.name for table in TABLES if "readers" in table.info and table.name in NOBODY] == []


def test_every_table_about_nobody_exists() -> None:
    assert set(NOBODY) <= set(NAMES)


def test_a_column_about_a_person_is_on_the_map() -> None:
    astray = [str(column) for column in COLUMNS if not isinstance(column.info.get("datum"), Datum)]
    assert astray == [], "give them `info=db.datum(…)`; see app/data_map.py"


def test_a_table_about_people_says_how_its_rows_end() -> None:
    about_people = [table for table in TABLES if table.name not in NOBODY | ENDLESS]
    endless = [table.name for table in about_people if not isinstance(table.info.get("kept"), Lifetime)]
    assert endless == [], "give them `db.personal(…, kept=…)`; see app/lifetimes.py"


def test_a_column_that_points_at_a_person_is_on_the_map() -> None:
    every = [column for table in TABLES for column in table.columns]
    pointing = [c for c in every if any("console_user" in str(k.target_fullname) for k in c.foreign_keys)]
    assert [str(column) for column in pointing if "datum" not in column.info] == []


@pytest.fixture(scope="module")
def registered() -> set[str]:
    """The purposes that the registry knows."""
    with db.transaction():
        return set(db.execute(text("SELECT code FROM purpose")).scalars())


def test_a_datum_serves_purposes_that_are_registered(registered: set[str]) -> None:
    known = registered | set(DUTIES)
    served = {str(column): set(column.info["datum"].purposes) for column in COLUMNS if "datum" in column.info}
    assert {column: purposes - known for column, purposes in served.items() if not purposes <= known} == {}


def test_every_class_of_data_has_a_retention_that_ends() -> None:
    assert set(RETENTION) == set(DataClass)
    assert all(kept.live or kept.archived or kept.since.en for kept in RETENTION.values())


def test_what_is_withheld_or_kept_says_why() -> None:
    with pytest.raises(ValueError, match="reason"):
        db.datum(DataClass.ACCOUNT, purposes=("security",), export=Export.WITHHELD)
    with pytest.raises(ValueError, match="reason"):
        db.datum(DataClass.ACCOUNT, purposes=("security",), export=Export.PROVIDED, erase=Erase.KEEP)


def test_nothing_is_kept_without_a_purpose() -> None:
    with pytest.raises(ValueError, match="purpose"):
        db.datum(DataClass.ACCOUNT, purposes=(), export=Export.PROVIDED)
