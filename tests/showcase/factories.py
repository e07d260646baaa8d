"""A desk of a brand that shows itself."""

from typing import Any

from werkzeug.test import TestResponse

from tests.designs.factories import make_picture
from tests.planning.factories import match
from tests.speaking import Speaker

PROFILE = "/v1/console/brand-profile"
PICTURES = "/v1/console/pictures"
TERMS = {"fr": "Un point par euro.", "en": "A point per euro."}
SITE = {"label": {"fr": "Notre site", "en": "Our site"}, "url": "https://lilas.example"}


def send_picture(desk: Speaker, content: bytes | None = None, *, kind: str = "image/png") -> TestResponse:
    """A picture of one colour, unless something else is sent."""
    file = make_picture(1600, 800) if content is None else content
    return desk.send("POST", PICTURES, data=file, headers={"Content-Type": kind})


def name_picture(desk: Speaker) -> str:
    """The name of a picture that the brand sent."""
    name: str = send_picture(desk).get_json()["picture"]
    return name


def write_profile(desk: Speaker, **given: Any) -> TestResponse:
    """Say something of the brand over what it said last."""
    return desk.put(PROFILE, given, headers=match(desk.get(PROFILE)))
