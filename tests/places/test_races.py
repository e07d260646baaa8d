"""Two people, or two files, at the same store at the same time."""

from collections import Counter

from app.ops.imports.outcomes import RowOutcome
from tests.factories import console_token, make_brand, make_console_user, make_store
from tests.places.factories import import_rows, row, stores_of
from tests.racing import at_once
from tests.speaking import Speaker

CHANGE = {"lat": 48.8556, "lon": 2.3601, "status": "open"}


def test_of_two_writers_with_one_version_one_passes(app):
    brand = make_brand()
    store = make_store(brand)
    token = console_token(make_console_user(brand))

    def change(number: int) -> int:
        speaker = Speaker(app.test_client(), token)
        body = CHANGE | {"name": f"Rivoli {number}"}
        return speaker.put(f"/v1/stores/{store.id}", body, headers={"If-Match": '"1"'}).status_code

    assert Counter(at_once(8, change)) == {200: 1, 412: 7}


def test_two_imports_of_one_file_write_it_once():
    brand = make_brand()
    rows = [row(number, lat=48.8 + number / 100) for number in range(10)]
    summaries = at_once(4, lambda _: import_rows(brand, *rows)[0])
    assert sum(summary.outcomes[RowOutcome.ACCEPTED] for summary in summaries) == len(stores_of(brand)) == 10


def test_an_area_and_a_store_can_change_at_once(app):
    brand = make_brand()
    stores = [make_store(brand) for _ in range(4)]
    token = console_token(make_console_user(brand))
    area = Speaker(app.test_client(), token).post("/v1/areas", {"code": "centre", "name": "Centre"}).json["id"]

    def change(number: int) -> int:
        speaker = Speaker(app.test_client(), token)
        if number % 2:
            ids = [str(store.id) for store in stores[: 1 + number // 2]]
            return speaker.put(f"/v1/areas/{area}/stores", {"store_ids": ids}).status_code
        store = stores[number // 2]
        body = CHANGE | {"name": f"Rivoli {number}"}
        return speaker.put(f"/v1/stores/{store.id}", body, headers={"If-Match": '"1"'}).status_code

    assert set(at_once(8, change)) == {200}
