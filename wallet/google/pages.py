"""The page between the button "Add to Google Wallet" and Google: there for a moment, until Google has the pass."""

from flask import Blueprint, Response, redirect, render_template_string

from app import clock
from app.http.access import Role, only
from app.http.problems import language
from app.languages import Text
from wallet.google import save_links
from wallet.google.save_links import SaveState

blueprint = Blueprint("google_wallet", __name__)

TITLE = Text(fr="Ajouter à Google Wallet", en="Add to Google Wallet")
SAID = {
    SaveState.SOON: Text(fr="Un instant, nous préparons votre carte…", en="One moment, your pass is being prepared…"),
    SaveState.LATER: Text(
        fr="Google Wallet ne répond pas pour le moment. Votre carte y sera dès que possible ; cette page réessaie"
        " toute seule. En attendant, votre carte reste utilisable dans l'application.",
        en="Google Wallet is not answering right now. Your pass will be there as soon as possible; this page tries"
        " again by itself. Meanwhile your card works in the app.",
    ),
    SaveState.GONE: Text(
        fr="Ce lien n'est plus valable. Demandez-en un nouveau depuis l'application.",
        en="This link is no longer valid. Ask for a new one in the app.",
    ),
}
AGAIN_S = {SaveState.SOON: 2, SaveState.LATER: 15}
"""After how many seconds the page asks again."""

PAGE = """<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{ title }}</title></head>
<body><main><h1>{{ title }}</h1><p role="status">{{ said }}</p></main></body>
</html>"""


@blueprint.get("/google/passes/<string(maxlength=128):link>")
@only(Role.ANYONE)
def open_save_link(link: str) -> Response:
    """To Google, once it has the pass; until then a page that asks again by itself."""
    way = save_links.follow_link(link, now=clock.now())
    if way.url is not None:
        return redirect(way.url, code=303)  # type: ignore[return-value]
    return _page(way.state)


def _page(state: SaveState) -> Response:
    spoken = language()
    html = render_template_string(PAGE, language=spoken, title=TITLE.say(spoken), said=SAID[state].say(spoken))
    answer = Response(html, mimetype="text/html", status=410 if state is SaveState.GONE else 200)
    if state in AGAIN_S:
        answer.headers["Refresh"] = str(AGAIN_S[state])
    answer.headers["Cache-Control"] = "no-store"
    return answer
