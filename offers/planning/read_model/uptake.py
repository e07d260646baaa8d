"""How live offers do, for the read model: copied from where it is counted, since a publication writes the row anew."""

import uuid

from sqlalchemy import text

from app.sql import db

NOTE_UPTAKE = text(
    """
    UPDATE live_offer AS noted
    SET exposures = known.exposures, taken = known.taken, usual_ppm = known.usual_ppm,
        popularity_ppm = known.popularity_ppm
    FROM offer_uptake AS known
    WHERE noted.offer_id = known.offer_id
        AND (CAST(:offer_id AS uuid) IS NULL OR noted.offer_id = :offer_id)
        AND (CAST(:brand_id AS uuid) IS NULL OR noted.brand_id = :brand_id)
        AND (noted.exposures, noted.taken, noted.usual_ppm, noted.popularity_ppm)
            IS DISTINCT FROM (known.exposures, known.taken, known.usual_ppm, known.popularity_ppm)
    RETURNING noted.offer_number
    """
)


def note_uptake(*, offer_id: uuid.UUID | None = None, brand_id: uuid.UUID | None = None) -> int:
    """Copy what is counted of live offers (of this one, of this brand's); returns how many changed."""
    return len(db.execute(NOTE_UPTAKE, {"offer_id": offer_id, "brand_id": brand_id}).all())
