"""Lists of articles for tests."""

from datetime import datetime, timedelta

from app.accounts.models import Brand
from tests.factories import NOON, made, make_console_user
from wallet.product_lists import lists
from wallet.product_lists.models import ProductList

EARLIER = NOON - timedelta(days=30)
WINE, CHEESE, OIL = "3017620422003", "96385074", "036000291452"
"""An EAN-13, a GTIN-8 and a UPC."""


def make_list(brand: Brand, code: str, *gtins: str, now: datetime = EARLIER) -> ProductList:
    with made():
        by = make_console_user(brand).id
        return lists.make_list(brand_id=brand.id, code=code, name=code, gtins=gtins, by=by, now=now)


def put_articles(brand: Brand, code: str, *gtins: str, now: datetime = NOON) -> ProductList:
    """Make these the articles of a list from now on."""
    with made():
        found, by = lists.find_list(brand_id=brand.id, code=code), make_console_user(brand).id
        said = {"revision": found.revision, "name": found.name, "gtins": gtins, "by": by, "now": now}
        return lists.change_list(brand_id=brand.id, code=code, **said)


def end_list(brand: Brand, code: str = "wines") -> None:
    with made():
        said = {"by": make_console_user(brand).id, "language": "fr", "now": NOON}
        lists.end_list(brand_id=brand.id, code=code, **said)
