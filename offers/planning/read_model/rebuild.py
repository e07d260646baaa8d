"""The whole read model anew, in the order of the ground: after a restore, after a change of its shape, or in doubt."""

from datetime import datetime

from sqlalchemy import delete, insert, select, true

from app.sql import db
from geo.places.models import Place
from geo.places.read_model import lock_every_place
from offers.planning import queries
from offers.planning.models import LiveOffer
from offers.planning.read_model import firings, publication, sold_out, uptake
from offers.planning.spending import spent_offers

BATCH = 2_000


def rebuild_read_model(*, now: datetime) -> int:
    """Write `live_offer`, `offer_place` and `place.offered` from the offers and the stores; returns how many offers.

    Changes of offers and stores wait meanwhile; readers see the old one until it commits.
    """
    lock_every_place()
    publication.forget_places(true())
    db.execute(delete(LiveOffer))
    found = 0
    offers = db.session().execute(queries.in_force().execution_options(yield_per=BATCH))
    for batch in offers.partitions():
        db.execute(insert(LiveOffer), [publication.live_row(offer, version, now=now) for offer, version in batch])
        found += len(batch)
    publication.flatten_many()
    firings.write_firings(true(), now=now)
    sold_out.note_sold_out(now=now)
    uptake.note_uptake()
    spent_offers.note_spent(now=now)
    publication.mark_offered(db.all_of(select(Place.store_number)))
    return found
