"""Every command that imports a file refuses a row that cannot be kept, and that one alone; nothing is no success."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.accounts.models import Brand
from app.characters import UNSTORABLE, is_storable, join_halves
from app.commands.permissions import import_permissions
from app.ops.imports.json_bytes import JsonBytes
from geo.availability.commands import import_prices
from geo.places.commands import import_stores
from offers.coupons.commands import import_codes
from tests.factories import make_brand, make_member, make_store
from tests.planning.factories import make_offer
from tests.points.factories import make_currency
from tests.product_lists.factories import make_list
from tests.purchases.factories import MILK
from tests.wallet.factories import link, make_card
from wallet.cards.commands import import_members
from wallet.passes.codes import code_of
from wallet.points.commands import import_balances
from wallet.product_lists.commands import import_articles
from wallet.purchases.commands import import_purchases


class Import(NamedTuple):
    """A command, the header of its file, two rows that are taken, and the words that it needs."""

    command: click.Command
    header: str
    rows: tuple[str, str]
    words: tuple[str, ...]


def stores(brand: Brand) -> Import:
    rows = ("1,Rivoli,48.8566,2.3522", "2,Bastille,48.8532,2.3692")
    return Import(import_stores, "reference,name,lat,lon", rows, ("--brand", brand.code))


def members(brand: Brand) -> Import:
    return Import(import_members, "number,name", ("001,Zoé", "002,Max"), ("--brand", brand.code))


def balances(brand: Brand) -> Import:
    make_currency(brand, code="points", lasts="1Y")
    for number in ("001", "002"):
        link(make_card(make_member(), brand), number)
    return Import(import_balances, "number,points,reference", ("001,10,a", "002,10,b"), ("--brand", brand.code))


def purchases(brand: Brand) -> Import:
    link(make_card(make_member(), brand), "001")
    at = (clock.now() - timedelta(days=3)).isoformat()
    rows = (f"001,web,4,1,{at},{MILK},Lait,250", f"001,web,4,2,{at},{MILK},Lait,250")
    header = "member,channel,terminal,receipt,bought_at,gtin,label,gross_minor"
    return Import(import_purchases, header, rows, ("--brand", brand.code))


def prices(brand: Brand) -> Import:
    make_store(brand, reference="S1")
    words = ("--brand", brand.code, "--as-of", (clock.now() - timedelta(hours=1)).isoformat())
    return Import(import_prices, "store,sku,price,label", ("S1,T1,2.49,Thé", "S1,T2,2.49,Café"), words)


def articles(brand: Brand) -> Import:
    make_list(brand, "wines")
    return Import(
        import_articles, "gtin,label", (f"{MILK},Lait", "96385074,Thé"), ("--brand", brand.code, "--list", "wines")
    )


def codes(brand: Brand) -> Import:
    offer = make_offer(brand)
    words = ("--brand", brand.code, "--offer", str(offer.id), "--batch", "b")
    return Import(import_codes, "code,note", (f"{printed_code()},", f"{printed_code()},"), words)


def printed_code() -> str:
    return code_of(uuid.uuid4().bytes, "x", groups=4)


def permissions(brand: Brand) -> Import:
    rows = (f"{brand.code},zoe@example.org,app,personalised_offers,none",) * 2
    return Import(import_permissions, "brand,email,touchpoint,purpose,level", rows, ())


EVERY = {made.__name__: made for made in (stores, members, balances, purchases, prices, articles, codes, permissions)}
every_import = pytest.mark.parametrize("made", EVERY.values(), ids=EVERY)
signs = pytest.mark.parametrize("sign", ["\ud800", "\0"], ids=["half", "nul"])


@pytest.fixture
def brand(app) -> Brand:
    brand = make_brand()
    make_store(brand)
    return brand


@pytest.fixture
def run(monkeypatch, tmp_path) -> Callable[[Import, bytes], Result]:
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)

    def bring(made: Import, content: bytes) -> Result:
        (tmp_path / "file.csv").write_bytes(content)
        words = [str(tmp_path / "file.csv"), *made.words, "--report", str(tmp_path / "report.jsonl")]
        return CliRunner().invoke(made.command, words)

    return bring


def table(made: Import, *rows: str, encoding: str = "utf-8") -> bytes:
    return "\n".join((made.header, *rows, "")).encode(encoding, "surrogatepass")


def told(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "report.jsonl").read_text("utf-8").splitlines()]


@every_import
@signs
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_row_with_an_impossible_character_is_refused_alone(run, tmp_path, brand, made, sign, encoding):
    made = made(brand)
    cells = made.rows[0].split(",")
    for place in range(len(cells)):
        spoilt = ",".join(cell + sign if at == place else cell for at, cell in enumerate(cells))
        answer = run(made, table(made, spoilt, made.rows[1], encoding=encoding))
        assert not isinstance(answer.exception, UnicodeError | ValueError), answer.exception
        first, second = told(tmp_path)
        assert [finding["code"] for finding in first["findings"]] == ["text_unstorable"], (place, first)
        assert first["outcome"] == "refused"
        assert second["outcome"] in ("accepted", "unchanged") or made.command is import_permissions
        assert "text_unstorable" not in [finding["code"] for finding in second["findings"]]


@every_import
@pytest.mark.parametrize("rest", ["", "\n\n", ",,,\n"])
def test_a_file_without_rows_is_no_success(run, brand, made, rest):
    made = made(brand)
    answer = run(made, (made.header + "\n" + rest).encode())
    assert (answer.exit_code, "no rows" in answer.output) == (1, True)


@signs
@pytest.mark.parametrize("raw", [False, True], ids=["spelled", "raw"])
@pytest.mark.parametrize("part", [{"name": "a{}"}, {"addr:street": "a{}"}, {"{}": 1}, {"deep": [{"{}": "{}"}]}])
def test_a_feature_with_an_impossible_character_is_refused_alone(run, tmp_path, brand, sign, raw, part):
    if raw and sign == "\0":
        pytest.skip("a NUL by itself is no JSON")
    written = json.dumps(part).replace("{}", "SIGN")
    features = [
        {
            "type": "Feature",
            "id": f"node/{number}",
            "geometry": {"type": "Point", "coordinates": [2.35 + number / 100, 48.85]},
            "properties": {"name": f"Magasin {number}"} | (json.loads(written) if number == 1 else {}),
        }
        for number in (1, 2)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    spelled = sign.encode("utf-8", "surrogatepass") if raw else json.dumps(sign)[1:-1].encode()
    made = stores(brand)
    answer = run(made, text.encode().replace(b"SIGN", spelled))
    first, second = told(tmp_path)
    assert ([finding["code"] for finding in first["findings"]], second["outcome"]) == (["text_unstorable"], "accepted")
    assert answer.exception is None or isinstance(answer.exception, SystemExit)


def test_a_collection_of_no_features_is_no_success(run, brand):
    answer = run(stores(brand), b'{"type": "FeatureCollection", "features": []}')
    assert (answer.exit_code, "no rows" in answer.output) == (1, True)


@given(
    texts=st.lists(st.text(st.sampled_from('ab,"\\\n é日😀\ud800\udfff\0'), max_size=8), max_size=8),
    size=st.integers(1, 9),
    ascii_only=st.booleans(),
)
def test_the_bytes_of_json_say_the_same_however_they_are_cut(texts, size, ascii_only):
    """But for what nothing can keep, which is NUL then."""
    sent = json.dumps(texts, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    filtered = JsonBytes()
    pieces = [filtered.feed(sent[at : at + size]) for at in range(0, len(sent), size)]
    kept = json.loads(b"".join([*pieces, filtered.rest()]))
    joined = json.loads(json.dumps(texts)) if ascii_only else [join_halves(text) for text in texts]
    assert kept == [UNSTORABLE.sub("\0", text) for text in joined]
    assert filtered.strange == any(not is_storable(text) for text in joined)
