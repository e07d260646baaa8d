"""Whether an audience can be what it says: the tiers, segments and stores that it names are the brand's."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from app import complaints
from app.codes.article_numbers import impossible_gtins
from app.errors import Pointer
from app.sql import db
from offers.planning.audiences import queries, segments
from offers.planning.audiences.errors import AudienceUnknown
from offers.planning.audiences.for_whom import ForWhom
from offers.planning.errors import ArticleNumberWrong
from wallet.programmes import versions
from wallet.purchases.errors import GTIN_WRONG


def check_audience(for_whom: ForWhom, *, brand_id: uuid.UUID, now: datetime) -> None:
    """Raise `AudienceUnknown` for what the brand does not have, `ArticleNumberWrong` for what nobody can have bought.

    An offer for a tier that is no more would be for nobody, and one that nobody may be told why.
    """
    unknown = [
        *_unknown("tiers", for_whom.tiers, _tiers_of(brand_id, now=now) if for_whom.tiers else ()),
        *_unknown("segments", for_whom.segments, segments.known_segments(brand_id=brand_id, ids=for_whom.segments)),
        *_unknown("home_stores", for_whom.home_stores, _stores_of(brand_id, for_whom.home_stores)),
    ]
    if unknown:
        raise AudienceUnknown(errors=unknown)
    wrong = [
        Pointer(f"/for_whom/{name}/gtins", GTIN_WRONG.with_facts(number=number))
        for name, asked in (("bought", for_whom.bought), ("not_bought", for_whom.not_bought))
        if asked is not None
        for number in impossible_gtins(asked.products.gtins)
    ]
    if wrong:
        raise ArticleNumberWrong(errors=wrong)


def _tiers_of(brand_id: uuid.UUID, *, now: datetime) -> set[str]:
    found = versions.in_force(brand_id=brand_id, at=now)
    ladder = found.programme.ladder if found is not None else None
    return {tier.code for tier in ladder.tiers} if ladder is not None else set()


def _stores_of(brand_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Collection[uuid.UUID]:
    return db.all_of(queries.stores_among(brand_id, ids)) if ids else ()


def _unknown(name: str, named: Iterable[str | uuid.UUID], known: Collection[str | uuid.UUID]) -> list[Pointer]:
    """They are a set, so that the pointer says the list, and as many times as something in it is unknown."""
    return [
        Pointer(f"/for_whom/{name}", complaints.NOT_OF_THE_BRAND)
        for one in sorted(map(str, named))
        if one not in set(map(str, known))
    ]
