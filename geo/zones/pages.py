"""What a phone without the app shows for a tag: whose it is and where. Nobody is counted, and nothing is set or kept.

A phone with the brand's app opens that instead, as the address is the app's (universal links, app links).
"""

from http import HTTPStatus

from flask import Blueprint, Response, render_template_string

from app.http.access import Role, only
from app.http.problems import language
from app.languages import Text
from geo.zones import tags

blueprint = Blueprint("tag_pages", __name__)

HERE = Text(fr="Vous êtes ici", en="You are here")
OPEN = Text(
    fr="Ouvrez l'application de l'enseigne et visez de nouveau ce code : elle vous dira ce qu'il y a pour vous ici.",
    en="Open the brand's app and scan this code again: it tells you what is here for you.",
)
NOTHING = Text(fr="Ce code ne mène plus nulle part.", en="This code leads nowhere any more.")
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

PAGE = """<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title>{{ title }}</title></head>
<body><main><h1>{{ title }}</h1>{% if where %}<p>{{ where }}</p><p>{{ open }}</p>{% endif %}</main></body>
</html>"""


@blueprint.get("/t/<string:code>")
@only(Role.ANYONE)
def show_tag(code: str) -> Response:
    """Where this tag hangs, for whoever scanned it without the app."""
    spoken = language()
    where = tags.name_place(code, spoken)
    title = (HERE if where else NOTHING).say(spoken)
    html = render_template_string(PAGE, language=spoken, title=title, where=where, open=OPEN.say(spoken))
    status = HTTPStatus.OK if where else HTTPStatus.NOT_FOUND
    return Response(html, status=status, mimetype="text/html", headers={"Content-Security-Policy": POLICY})
