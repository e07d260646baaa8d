"""A short way for the reports of phones: `app.lanes` says what a lane may do and what not.

What was sent is read by the plain values of the route's own shape. What is not plain is left to Flask, which says what
is meant by it or wrong with it.
"""

from typing import Any

from app.http.plain_values import UNSURE
from app.http.reading import plain_shape
from app.lanes.lanes import Lane, Spoken, answer_alone
from app.lanes.plain_requests import PlainRequest
from app.languages import Language
from geo.presence.schemas import SightingsIn
from offers.triggers.sightings import answer_report

PATH = "/v1/sightings"
LARGEST_BODY = 64 * 1024
"""Some hundreds of items."""


def make_lane() -> Lane:
    """The short way of `POST /v1/sightings`."""
    read_report = plain_shape(SightingsIn())
    if read_report is None:
        raise RuntimeError("a report has a value of which nothing is known to be plain")

    def answer(asked: PlainRequest) -> Spoken | None:
        said = read_report(asked.sent)
        if said is UNSURE:
            return None
        access = asked.access

        def verb(language: Language) -> bytes:
            asking: dict[str, Any] = {"member_id": access.member_id, "session_id": access.session_id}
            return answer_report(**asking, **said, language=language, now=asked.now)

        return answer_alone(asked, verb)

    return Lane(PATH, LARGEST_BODY, answer)
