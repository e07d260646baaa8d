"""`ici import-prices` takes price lists as retailers have them, in batches, as often as one likes."""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.accounts.models import Brand
from app.ops.imports.tables import TableLine
from app.sql import db
from geo.availability import price_import
from geo.availability.price_import import import_prices
from tests.availability.factories import FULL_TEA, TEA, Bring, bringing, known_at, last_line
from tests.factories import make_brand, make_store


@pytest.fixture
def brand(app: object) -> Brand:
    return make_brand()


@pytest.fixture
def bring(brand: Brand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bring:
    return bringing(brand, tmp_path, monkeypatch)


def ago(**span: int) -> str:
    return (clock.now() - timedelta(**span)).isoformat(timespec="seconds")


def test_a_french_spreadsheet_comes_in(brand: Brand, bring: Bring) -> None:
    store = make_store(brand, reference="Bastille", name="Bastille")
    day = (clock.now() - timedelta(days=1)).strftime("%d/%m/%Y 08:00")
    text = (
        f"Code magasin;EAN;Libellé;Prix TTC;Quantité en stock;Date MAJ\nBastille;{TEA};Thé fumé;1 299,50 €;12;{day}\n"
    )
    answer = bring(text.encode("cp1252"))
    assert (answer.exit_code, last_line(answer)) == (0, "accepted 1, corrected 0, refused 0, unchanged 0")
    assert known_at(store)[FULL_TEA][0::2][:1] == (129950,)


def test_a_local_inventory_feed_comes_in(brand: Brand, bring: Bring) -> None:
    store = make_store(brand, reference="S1")
    answer = bring(
        "store_code\tid\tquantity\tprice\tavailability\nS1\tT-1\t3\t2.49 EUR\tin_stock\n", "--as-of", ago(hours=1)
    )
    assert last_line(answer) == "accepted 1, corrected 0, refused 0, unchanged 0"
    assert known_at(store)["sku:T-1"][:3:2] == (249, 3)


def test_the_same_file_twice_changes_nothing(brand: Brand, bring: Bring) -> None:
    make_store(brand, reference="S1")
    content = f"store,gtin,price,as_of\nS1,{TEA},2.49,{ago(hours=1)}\n"
    bring(content)
    assert last_line(bring(content)) == "accepted 0, corrected 0, refused 0, unchanged 1"


def test_an_older_file_says_that_newer_is_known(brand: Brand, bring: Bring) -> None:
    make_store(brand, reference="S1")
    bring(f"store,gtin,price\nS1,{TEA},2.49\n", "--as-of", ago(hours=1))
    answer = bring(f"store,gtin,price\nS1,{TEA},1.99\n", "--as-of", ago(hours=2))
    assert "something newer is known" in answer.stdout


def test_a_row_that_cannot_be_taken_is_refused_alone(brand: Brand, bring: Bring) -> None:
    store = make_store(brand, reference="S1")
    rows = f"S1,{TEA},2.49\nS9,{TEA},2.49\nS1,{TEA[:-1]}4,2.49\n"
    answer = bring("store,gtin,price\n" + rows, "--as-of", ago(hours=1), "--language", "fr")
    assert (answer.exit_code, last_line(answer)) == (3, "accepted 1, corrected 0, refused 2, unchanged 0")
    assert "« S9 » n'est pas un magasin ouvert de l'enseigne" in answer.stdout
    assert list(known_at(store)) == [FULL_TEA]


def test_a_dry_run_writes_nothing(brand: Brand, bring: Bring) -> None:
    store = make_store(brand, reference="S1")
    answer = bring(f"store,gtin,price\nS1,{TEA},2.49\n", "--as-of", ago(hours=1), "--dry-run")
    assert (last_line(answer), known_at(store)) == ("accepted 1, corrected 0, refused 0, unchanged 0", {})


def test_a_file_without_the_columns_is_refused_with_those_it_needs(bring: Bring) -> None:
    answer = bring("shop,price\nS1,2.49\n")
    assert (answer.exit_code, "has no column gtin" in answer.output) == (1, True)


def test_an_instant_of_the_command_that_is_none_is_refused(bring: Bring) -> None:
    assert bring("store,gtin,price\n", "--as-of", "yesterday").exit_code == 2


def test_another_brands_store_is_no_store(brand: Brand, bring: Bring) -> None:
    make_store(make_brand(), reference="S1")
    answer = bring(f"store,gtin,price\nS1,{TEA},2.49\n", "--as-of", ago(hours=1))
    assert last_line(answer) == "accepted 0, corrected 0, refused 1, unchanged 0"


def lines(count: int) -> Iterator[TableLine]:
    for number in range(count):
        said = {"store": "S1", "sku": f"A{number}", "price_minor": "249", "stock": "3"}
        yield TableLine(number + 2, said, 4, 4, False, ())


def peak_of(brand: Brand, count: int) -> int:
    """Bytes of Python's memory at most, above what there was before."""
    tracemalloc.start()
    try:
        import_prices(
            brand_id=brand.id,
            lines=lines(count),
            as_of=clock.now() - timedelta(hours=1),
            now=clock.now(),
            report=lambda _: None,
            transaction=db.system_transaction,
        )
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_long_file_takes_the_memory_of_one_batch(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    make_store(brand, reference="S1")
    monkeypatch.setattr(price_import, "BATCH", 200)
    peak_of(brand, 200)
    assert peak_of(brand, 2_000) < 2 * peak_of(brand, 400)
