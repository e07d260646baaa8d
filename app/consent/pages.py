"""The page behind the link that confirms a yes. Only its button confirms.

Programs follow links in mails before people do, and some send what they find there: opening the page, by whatever
method, and sending it without pressing the button confirm nothing. The token stays behind the `#` of the link, where no
server logs it, until the page itself brings it into the body of a form; where no script runs, the person does.
"""

import base64
import hashlib
from http import HTTPStatus

from flask import Blueprint, Response, render_template_string, request

from app import clock
from app.consent.errors import ConfirmationUnusable
from app.consent.ledger import confirmation
from app.http.access import Role, only
from app.http.problems import language
from app.languages import Text

blueprint = Blueprint("consent_pages", __name__)

YES = "yes"

TITLE = Text(fr="Confirmez votre accord", en="Confirm your permission")
PASTE = Text(
    fr="Collez ici ce qui suit le signe # dans le lien de votre message.",
    en="Paste here what follows the # sign in the link of your message.",
)
GO_ON = Text(fr="Continuer", en="Continue")
ASKED = Text(
    fr="Vous avez dit oui à {brand} ({touchpoint}) pour : {purpose}. Cet accord ne vaut qu'une fois confirmé.",
    en="You said yes to {brand} ({touchpoint}) about: {purpose}. This permission counts only once it is confirmed.",
)
ASKED_OF_PARTNER = Text(
    fr="Vous avez dit oui à {brand} ({touchpoint}) pour : {purpose}. Destinataire : {recipient}. Cet accord ne vaut"
    " qu'une fois confirmé.",
    en="You said yes to {brand} ({touchpoint}) about: {purpose}. Recipient: {recipient}. This permission counts only"
    " once it is confirmed.",
)
BUTTON = Text(fr="Je confirme", en="I confirm")
OTHERWISE = Text(
    fr="Si vous n'avez rien demandé, fermez cette page : rien n'est autorisé.",
    en="If you did not ask for it, close this page: nothing is permitted.",
)
DONE = Text(
    fr="C'est confirmé : {brand} ({touchpoint}) pour : {purpose}. Vous pouvez retirer votre accord à tout moment dans"
    " vos autorisations.",
    en="Confirmed: {brand} ({touchpoint}) about: {purpose}. You can withdraw at any time in your permissions.",
)

SCRIPT = (
    "const field=document.getElementById('token');"
    "if(location.hash.length>1&&field){field.value=location.hash.slice(1);"
    "history.replaceState(null,'','/confirm');field.form.submit()}"
)
"""Takes the token out of the address and looks up what it confirms; it never presses the button."""
ALLOWED = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; script-src 'sha256-{ALLOWED}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

PAGE = """<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{ title }}</title></head>
<body><main><h1>{{ title }}</h1>{% if said %}<p role="status">{{ said }}</p>{% endif %}
{% if asks %}<form method="post" action="/confirm"><label for="token">{{ paste }}</label>
<input id="token" name="token" maxlength="100" required autocomplete="off">
<button type="submit">{{ go_on }}</button></form>
<script>{{ script | safe }}</script>{% endif %}
{% if token %}<form method="post" action="/confirm"><input type="hidden" name="token" value="{{ token }}">
<button type="submit" name="answer" value="yes">{{ button }}</button></form><p>{{ otherwise }}</p>{% endif %}
</main></body>
</html>"""


@blueprint.get("/confirm")
@only(Role.ANYONE)
def show_confirmation() -> Response:
    """The page that the mailed link opens. It confirms nothing, and does not know yet what it is about."""
    return _page(asks=True)


@blueprint.post("/confirm")
@only(Role.ANYONE)
def press_confirmation() -> Response:
    """What the token confirms, with the button; and once the button is pressed, the yes."""
    token, pressed = request.form.get("token", ""), request.form.get("answer") == YES
    if not token:
        return _page(asks=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return _confirmed(token) if pressed else _asked(token)
    except ConfirmationUnusable as refusal:
        said = f"{refusal.title.say(language())} {refusal.remedy.say(language()) if refusal.remedy else ''}"
        return _page(said=said, status=HTTPStatus.NOT_FOUND)


press_confirmation.takes_forms = True  # type: ignore[attr-defined]


def _asked(token: str) -> Response:
    asked = confirmation.what_it_confirms(token=token, now=clock.now())
    if asked.confirmed:
        return _page(said=_said(DONE, asked))
    return _page(said=_said(ASKED if asked.recipient is None else ASKED_OF_PARTNER, asked), token=token)


def _confirmed(token: str) -> Response:
    now = clock.now()
    asked = confirmation.what_it_confirms(token=token, now=now)
    confirmation.confirm_permission(token=token, now=now)
    return _page(said=_said(DONE, asked))


def _said(sentence: Text, asked: confirmation.AwaitedYes) -> str:
    spoken = language()
    named = {"touchpoint": asked.touchpoint.say(spoken), "purpose": asked.purpose.say(spoken)}
    return sentence.say(spoken, {"brand": asked.brand, "recipient": asked.recipient} | named)


def _page(*, said: str = "", token: str = "", asks: bool = False, status: int = HTTPStatus.OK) -> Response:
    spoken = language()
    words = {"title": TITLE, "paste": PASTE, "go_on": GO_ON, "button": BUTTON, "otherwise": OTHERWISE}
    html = render_template_string(
        PAGE,
        language=spoken,
        said=said,
        token=token,
        asks=asks,
        script=SCRIPT,
        **{name: text.say(spoken) for name, text in words.items()},
    )
    headers = {"Content-Security-Policy": POLICY}
    return Response(html, status=status, mimetype="text/html", headers=headers)
