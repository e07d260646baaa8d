"""Loads the demo: the brand once, its doors whenever they are missing.

What somebody changed in the demo stays changed: shops and offers are made together with the brand and never again,
a terminal that was revoked stays revoked, a permission that was withdrawn stays withdrawn. `ici erase` removes
everything, so that the next start makes it anew. Only what is true of an hour is said anew at each start: prices,
stocks and waits, which would be told no more.
"""

from datetime import datetime

from app import config
from app.accounts import queries as accounts
from app.demo import doors, people, shelves
from app.demo.brand import found_demo
from app.settings import ConfigIncomplete
from app.sql import db


def seed_demo(now: datetime, url: str | None = None) -> list[str]:
    """Load the demo and say who can sign in, and what to try at `url`. Twice changes nothing and says the same.

    The caller's transaction is the system's. Raises `ConfigIncomplete` in production.
    """
    if config.current().environment == "production":
        raise ConfigIncomplete("The demo brand is for development: its sign-ins stand in a file and on the screen.")
    known = doors.known_doors()
    opened = known or doors.new_doors()
    brand = db.first(accounts.brand_with_code(doors.BRAND))
    if brand is None:
        brand = found_demo(opened, now=now)
    elif known is None:
        people.change_passwords(brand, opened)
    people.pair_till(brand, opened, now=now)
    people.welcome_member(brand, now=now)
    shelves.fill_shelves(brand, now=now)
    if known is None:
        doors.write_doors(opened)
    return [*people.signs(brand, opened), *people.question(url=url or config.current().public_url, now=now)]
