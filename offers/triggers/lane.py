"""A short way for the reports of phones: `app.lanes` says what a lane may do and what not.

What was sent is read by the schema of the route: of a report of one beacon that takes twelve microseconds, and what it
does not take is left to Flask, which says what is wrong with it.
"""

import marshmallow as ma

from app.lanes.lanes import Lane, Spoken, answer_alone
from app.lanes.plain_requests import PlainRequest
from app.languages import Language
from geo.presence.schemas import SightingsIn
from offers.triggers.sightings import answer_report

PATH = "/v1/sightings"
LARGEST_BODY = 64 * 1024
"""Some hundreds of items."""
SHAPE = SightingsIn()


def answer_sightings(asked: PlainRequest) -> Spoken | None:
    """What the report of a phone brings; None for one that Flask must read, or refuse. Raises `CommitStopped`."""
    try:
        said = SHAPE.load(asked.sent)
    except ma.ValidationError:
        return None

    def verb(language: Language) -> bytes:
        access = asked.access
        return answer_report(
            member_id=access.member_id, session_id=access.session_id, language=language, now=asked.now, **said
        )

    return answer_alone(asked, verb)


LANE = Lane(PATH, LARGEST_BODY, answer_sightings)
