"""Find offers of a brand among very many: by words, by tag, by what they give, when and where.

All that is asked must hold of the version in force, or of the draft. Each filter has an index of its own
(`Offer`, `OfferVersion`), and what nobody asks for costs nothing.
"""

import re
import unicodedata
import uuid
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, cast, exists, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, TSQUERY

from app.sql import db
from geo.places.models import AreaStore, Store
from offers.benefits import registry
from offers.planning import queries
from offers.planning.models import Offer, OfferVersion

WORD = re.compile(r"[^\W_]+")
ONE_DAY = timedelta(days=1)


class OffersWanted(NamedTuple):
    """What is asked of a list of offers; None: nothing. `day` is on the calendar of each store."""

    status: str | None = None
    search: str | None = None
    tag: str | None = None
    kind: str | None = None
    day: date | None = None
    store_id: uuid.UUID | None = None


def find_offers(brand_id: uuid.UUID, wanted: OffersWanted) -> Select[Offer]:
    """The offers of a brand of which all that is wanted holds."""
    asked = queries.offers_of(brand_id, status=wanted.status)
    if wanted.search is not None:
        asked = asked.where(Offer.words.op("@@")(cast(literal(query_of(wanted.search)), TSQUERY)))
    if wanted.tag is not None:
        asked = asked.where(Offer.tags.contains(cast([wanted.tag], ARRAY(TEXT))))
    said = _said_of_versions(brand_id, wanted)
    if said:
        asked = asked.where(
            exists().where(
                OfferVersion.offer_id == Offer.id,
                OfferVersion.version.in_((Offer.live_version, Offer.draft_version)),
                *said,
            )
        )
    return asked


def query_of(text: str) -> str:
    """The words that a text begins, each of which must be found (`tsquery`): folded as the database folds them."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    words = WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))
    return " & ".join(f"'{word}':*" for word in words)


def _said_of_versions(brand_id: uuid.UUID, wanted: OffersWanted) -> list[ColumnElement[bool]]:
    said: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        said.append(registry.kind_in(OfferVersion.benefit) == wanted.kind)
    if wanted.day is not None:
        first = datetime.combine(wanted.day, time.min)
        window = func.tsrange(OfferVersion.starts_local, OfferVersion.ends_local)
        said.append(window.op("&&")(func.tsrange(first, first + ONE_DAY)))
    if wanted.store_id is not None:
        said.append(_holds_at_store(brand_id, wanted.store_id))
    return said


def _holds_at_store(brand_id: uuid.UUID, store_id: uuid.UUID) -> ColumnElement[bool]:
    known = db.rows(
        select(Store.id, AreaStore.area_id)
        .outerjoin(AreaStore, AreaStore.store_id == Store.id)
        .where(Store.id == store_id, Store.brand_id == brand_id)
    )
    if not known:
        return false()
    named = [{"brand": True}, {"stores": [str(store_id)]}]
    named += [{"areas": [str(area_id)]} for _, area_id in known if area_id is not None]
    return or_(*(OfferVersion.targets.contains(target) for target in named))
