"""The page behind the stop link of a message. It asks nothing, and names nobody.

Looking at it stops nothing, because programs follow links in mails before people do. Its button does, and so does the
mailbox's own button, which sends the POST of RFC 8058 without showing the page.
"""

from typing import Any

from flask import Blueprint, Response, render_template_string

from app import clock
from app.http.access import Role, only
from app.http.problems import language
from app.languages import Text
from app.messages import stop_links
from app.messages.stop_links import Stop

blueprint = Blueprint("events_pages", __name__)

TITLE = Text(fr="Ne plus recevoir ces messages", en="Stop these messages")
ASKED = Text(
    fr="{brand} ne vous écrira plus ({touchpoint}) pour : {purpose}.",
    en="{brand} will no longer write to you ({touchpoint}) about: {purpose}.",
)
BUTTON = Text(fr="Arrêter", en="Stop")
DONE = Text(
    fr="C'est fait. {brand} ne vous écrit plus ({touchpoint}) pour : {purpose}. Votre carte et vos points restent.",
    en="Done. {brand} no longer writes to you ({touchpoint}) about: {purpose}. Your card and your points stay.",
)
NOTHING = Text(fr="C'est fait : rien ne vous est envoyé.", en="Done: nothing is sent to you.")

PAGE = """<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{ title }}</title></head>
<body><main><h1>{{ title }}</h1><p role="status">{{ said }}</p>
{% if button %}<form method="post"><button type="submit">{{ button }}</button></form>{% endif %}</main></body>
</html>"""


@blueprint.get("/stop/<string(maxlength=64):token>")
@only(Role.ANYONE)
def show_stop(token: str) -> Response:
    """What the link stops, and the button that stops it."""
    what = stop_links.what_it_stops(token)
    return _page(_said(ASKED, what), button=None if what is None else BUTTON.say(language()))


@blueprint.post("/stop/<string(maxlength=64):token>")
@only(Role.ANYONE)
def press_stop(token: str) -> Response:
    """Stop it: by the button, or by the mailbox itself (`List-Unsubscribe=One-Click`, which is not even read)."""
    return _page(_said(DONE, stop_links.stop_messages(token=token, now=clock.now())))


press_stop.takes_forms = True  # type: ignore[attr-defined]


def _said(sentence: Text, what: Stop | None) -> str:
    spoken = language()
    if what is None:
        return NOTHING.say(spoken)
    facts: dict[str, Any] = {"brand": what.brand}
    return sentence.say(
        spoken, facts | {"touchpoint": what.touchpoint.say(spoken), "purpose": what.purpose.say(spoken)}
    )


def _page(said: str, *, button: str | None = None) -> Response:
    spoken = language()
    html = render_template_string(PAGE, language=spoken, title=TITLE.say(spoken), said=said, button=button)
    return Response(html, mimetype="text/html")
