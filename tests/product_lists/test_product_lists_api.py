"""The console names lists of articles, fills them, by hand and by file, and ends those that nothing names."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.accounts.models import Brand
from offers.planning.drafts import InASale
from offers.planning.errors import OfferListUnknown
from tests.factories import NOON, console_token, made, make_brand, make_console_user
from tests.planning.factories import approve, end, make_draft, make_offer, pause
from tests.points.factories import make_currency
from tests.product_lists.factories import CHEESE, OIL, WINE, end_list, make_list
from tests.programmes.factories import put_in_force, rule
from tests.racing import at_once
from tests.speaking import Speaker
from wallet.product_lists import lists
from wallet.product_lists.commands import import_articles
from wallet.product_lists.errors import ProductListInUse
from wallet.programmes.errors import ProgrammeContradictory
from wallet.programmes.rules import Programme, RuleKind
from wallet.purchases.basket import Products

WINES = InASale(products=Products(lists=frozenset({"wines"})))
CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def brand(app) -> Brand:
    return make_brand()


@pytest.fixture
def desk(anyone: Speaker, brand: Brand) -> Speaker:
    return anyone.with_token(console_token(make_console_user(brand)))


def post_list(desk: Speaker, code: str = "wines", **given: Any) -> Any:
    return desk.post("/v1/product-lists", {"code": code, "name": "Vins", "gtins": [WINE]} | given)


def articles(desk: Speaker, code: str = "wines") -> list[str]:
    return [one["gtin"] for one in desk.get(f"/v1/product-lists/{code}/articles").json["items"]]


def send_file(desk: Speaker, content: str, *, encoding: str = "utf-8", **asked: str) -> Any:
    return desk.post("/v1/product-lists/wines/imports", data=content.encode(encoding), headers=CSV, query_string=asked)


def test_a_list_is_named_and_read(desk: Speaker) -> None:
    made_list = post_list(desk)
    assert (made_list.status_code, made_list.headers["ETag"]) == (201, '"1"')
    assert desk.get("/v1/product-lists").json["items"] == [made_list.json]
    assert articles(desk) == [WINE.zfill(14)]


def test_one_article_in_several_spellings_is_one(desk: Speaker) -> None:
    assert post_list(desk, gtins=[OIL, OIL.zfill(13), OIL.zfill(14)]).json["articles"] == 1


def test_a_code_names_one_list(desk: Speaker) -> None:
    post_list(desk)
    assert post_list(desk).json["code"] == "product_list_code_taken"


def test_a_number_that_no_article_has_is_pointed_at(desk: Speaker) -> None:
    refused = post_list(desk, gtins=["3017620422004"])
    assert (refused.json["code"], refused.json["errors"][0]["pointer"]) == ("listed_number_wrong", "/gtins")


def test_two_who_change_a_list_do_not_overwrite_each_other(desk: Speaker) -> None:
    tag = {"If-Match": post_list(desk).headers["ETag"]}
    changed = desk.put("/v1/product-lists/wines", {"name": "Caves", "gtins": [CHEESE]}, headers=tag)
    assert (changed.json["name"], changed.json["articles"], articles(desk)) == ("Caves", 1, [CHEESE.zfill(14)])
    assert desk.put("/v1/product-lists/wines", {"name": "Autre"}, headers=tag).json["code"] == "precondition_failed"


def test_a_new_name_leaves_the_articles(desk: Speaker) -> None:
    tag = {"If-Match": post_list(desk).headers["ETag"]}
    assert desk.put("/v1/product-lists/wines", {"name": "Caves"}, headers=tag).json["articles"] == 1


def test_a_long_list_is_read_in_pages(desk: Speaker) -> None:
    post_list(desk, gtins=[WINE, CHEESE, OIL])
    first = desk.get("/v1/product-lists/wines/articles?limit=2").json
    rest = desk.get("/v1/product-lists/wines/articles", query_string={"after": first["after"]}).json
    assert [one["gtin"] for one in first["items"] + rest["items"]] == sorted(
        one.zfill(14) for one in (WINE, CHEESE, OIL)
    )
    assert rest["after"] is None


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_another_brands_list_is_none(desk: Speaker, method: str) -> None:
    make_list(make_brand(), "wines", WINE)
    options = {"json": {"name": "Vins"}} if method == "put" else {}
    answer = getattr(desk, method)("/v1/product-lists/wines", headers={"If-Match": '"1"'}, **options)
    assert (answer.status_code, answer.json["code"]) == (404, "product_list_unknown")


def test_a_list_that_nothing_names_ends_and_may_begin_anew(desk: Speaker) -> None:
    post_list(desk)
    assert desk.delete("/v1/product-lists/wines").status_code == 204
    assert desk.get("/v1/product-lists/wines").status_code == 404
    again = post_list(desk, gtins=[CHEESE])
    assert (again.status_code, articles(desk)) == (201, [CHEESE.zfill(14)])


def test_a_file_is_judged_row_by_row(desk: Speaker) -> None:
    post_list(desk, gtins=[])
    report = send_file(
        desk, f"Code-barres;Libellé\n{WINE};Vin\n3017620422004;Faux\n{OIL[1:]};Huile\n;Rien\n{WINE};Vin\n"
    )
    assert (report.json["added"], report.json["counts"]) == (
        2,
        {"accepted": 1, "corrected": 1, "refused": 2, "unchanged": 1},
    )
    assert [(row["row"], row["code"]) for row in report.json["rows"]] == [
        (3, "gtin_wrong"),
        (4, "zeros_given_back"),
        (5, "gtin_absent"),
    ]
    assert articles(desk) == sorted([WINE.zfill(14), OIL.zfill(14)])


def test_a_file_again_changes_nothing(desk: Speaker) -> None:
    post_list(desk, gtins=[])
    first, second = (send_file(desk, f"ean\n{WINE}\n").json for _ in range(2))
    assert (second["added"], second["list"]["revision"]) == (0, first["list"]["revision"])


@pytest.mark.parametrize(
    ("mode", "rows", "left"),
    [
        ("add", [OIL], [WINE, CHEESE, OIL]),
        ("replace", [OIL, WINE], [WINE, OIL]),
        ("replace", [OIL, "123"], [WINE, CHEESE, OIL]),
        ("remove", [WINE, OIL], [CHEESE]),
    ],
    ids=["adds", "replaces", "loses nothing to a row that is refused", "removes"],
)
def test_a_file_adds_replaces_or_removes(desk: Speaker, mode: str, rows: list[str], left: list[str]) -> None:
    post_list(desk, gtins=[WINE, CHEESE])
    send_file(desk, "\n".join(["gtin", *rows, ""]), mode=mode)
    assert articles(desk) == sorted(one.zfill(14) for one in left)


def test_a_file_is_tried_without_a_trace(desk: Speaker) -> None:
    post_list(desk)
    report = send_file(desk, f"gtin\n{CHEESE}\n", mode="replace", dry_run="true")
    assert (report.json["added"], report.json["removed"], articles(desk)) == (1, 1, [WINE.zfill(14)])


@pytest.mark.parametrize(
    "content", ["", "label\nVin\n", "gtin\n\0\n" * 2, "\0\1\2" * 9], ids=["empty", "no numbers", "nul", "noise"]
)
def test_a_file_that_is_none_changes_nothing(desk: Speaker, content: str) -> None:
    post_list(desk)
    answer = send_file(desk, content, mode="replace")
    assert answer.status_code in (200, 422)
    assert articles(desk) == [WINE.zfill(14)]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)

    def bring(brand: Brand, content: str, *words: str) -> Result:
        (tmp_path / "file.csv").write_text(content)
        return CliRunner().invoke(import_articles, [str(tmp_path / "file.csv"), "--brand", brand.code, *words])

    return bring


def test_a_command_brings_a_file(brand: Brand, desk: Speaker, run: Callable[..., Result]) -> None:
    make_list(brand, "wines", CHEESE)
    done = run(brand, f"gtin\n{WINE}\n12\n", "--list", "wines", "--language", "fr")
    assert (done.exit_code, done.output.splitlines()[-1]) == (3, "accepted 1, corrected 0, refused 1, unchanged 0")
    assert "« 12 » n'est pas un code article (GTIN)" in done.output
    assert articles(desk) == sorted([WINE.zfill(14), CHEESE.zfill(14)])


def test_a_command_names_a_list_that_is_there(brand: Brand, run: Callable[..., Result]) -> None:
    done = run(brand, f"gtin\n{WINE}\n", "--list", "cheeses")
    assert (done.exit_code, done.output.strip()) == (1, "Error: The brand does not have this product list.")


def test_a_list_that_a_running_offer_names_does_not_vanish(brand: Brand) -> None:
    make_list(brand, "wines", WINE)
    gift = {"kind": "free_of_list", "free_list": "wines", "bought_units": 1, "most_free": 1}
    offers = [
        make_offer(brand, in_a_sale=WINES),
        pause(make_offer(brand, benefit=gift), brand),
        make_offer(brand, in_a_sale=InASale(products=Products(but_not_lists=frozenset({"wines"})))),
    ]
    for offer in offers:
        with pytest.raises(ProductListInUse) as refused:
            end_list(brand)
        assert "l'offre « Café offert »" in refused.value.facts["used_by"]
        end(offer, brand)
    end_list(brand)


def test_a_list_that_a_rule_in_force_or_to_come_names_does_not_vanish(brand: Brand) -> None:
    make_list(brand, "wines", WINE)
    wine = rule("wine", RuleKind.ITEM, products=WINES.products, currency_id=make_currency(brand).id)
    put_in_force(brand, Programme("EUR", (replace(wine, products=Products()),)))
    put_in_force(brand, Programme("EUR", (wine,)), starts_at=NOON + timedelta(days=1))
    with pytest.raises(ProductListInUse):
        end_list(brand)


def test_an_offer_names_lists_that_there_are(brand: Brand) -> None:
    with pytest.raises(OfferListUnknown) as refused:
        make_draft(brand, in_a_sale=WINES)
    assert [one.pointer for one in refused.value.errors] == ["/in_a_sale/products/lists"]


def test_an_offer_whose_list_has_ended_is_not_approved(brand: Brand) -> None:
    make_list(brand, "wines", WINE)
    offer = make_draft(brand, in_a_sale=WINES)
    end_list(brand)
    with pytest.raises(OfferListUnknown):
        approve(offer, brand)


def test_a_rule_names_lists_that_there_are(brand: Brand) -> None:
    wine = rule("wine", RuleKind.ITEM, products=WINES.products, currency_id=make_currency(brand).id)
    with pytest.raises(ProgrammeContradictory) as refused:
        put_in_force(brand, Programme("EUR", (wine,)))
    assert [one.pointer for one in refused.value.errors] == ["/rules/0/products/lists"]


@pytest.mark.parametrize("code", ["l1", "l2", "l3", "l4"])
def test_of_an_approval_and_the_end_of_a_list_at_one_time_one_sees_the_other(brand: Brand, code: str) -> None:
    make_list(brand, code, WINE)
    offer = make_draft(brand, in_a_sale=InASale(products=Products(lists=frozenset({code}))))
    acts: list[Callable[[], Any]] = [lambda: approve(offer, brand), lambda: end_list(brand, code)]

    def outcome(number: int) -> str:
        try:
            acts[number]()
        except (OfferListUnknown, ProductListInUse) as refused:
            return refused.code()
        return "done"

    assert sorted(at_once(2, outcome)) in (["done", "offer_list_unknown"], ["done", "product_list_in_use"])


def test_many_changes_at_one_time_leave_a_list_that_counts_right(brand: Brand) -> None:
    make_list(brand, "wines")

    def bring(number: int) -> None:
        with made():
            found = lists.list_to_change(brand_id=brand.id, code="wines")
            lists.set_articles(found, keep=lists.numbers_on(found) | {number % 3}, now=NOON)

    at_once(4, bring)
    with made():
        found = lists.find_list(brand_id=brand.id, code="wines")
        assert (found.articles, lists.numbers_on(found)) == (3, {0, 1, 2})
