"""The page behind the link of an invitation or a reset, where somebody chooses their password.

The secret stays behind the `#` of the link, where no server logs it, until the page itself brings it into the body of
its form; where no script runs, the person does. Opening the page uses nothing up.
"""

import base64
import hashlib
from http import HTTPStatus

import marshmallow as ma
from flask import Blueprint, Response, render_template_string, request

from app import clock
from app.errors import Malformed, Problem
from app.http.access import Role, only
from app.http.problems import language
from app.languages import Text
from app.staff import tickets
from app.staff.errors import TicketNotAccepted
from app.staff.schemas import NewPasswordField
from app.staff.strength import LONGEST, SHORTEST

blueprint = Blueprint("staff_pages", __name__)

TITLE = Text(fr="Choisissez votre mot de passe", en="Choose your password")
PASTE = Text(
    fr="Collez ici ce qui suit le signe # dans le lien de votre message.",
    en="Paste here what follows the # sign in the link of your message.",
)
NEW = Text(fr="Votre mot de passe", en="Your password")
HINT = Text(
    fr="Au moins {shortest} {shortest:caractère|caractères}. Quelques mots sans rapport entre eux suffisent : ni"
    " majuscule, ni chiffre, ni signe n'est exigé.",
    en="At least {shortest} {shortest:character|characters}. A few words that have nothing to do with each other are"
    " enough: no capital, digit or sign is asked for.",
)
BUTTON = Text(fr="Choisir ce mot de passe", en="Choose this password")
DONE = Text(
    fr="C'est fait. Identifiez-vous avec l'enseigne « {brand} », l'adresse {email} et ce mot de passe.",
    en="Done. Sign in with the brand “{brand}”, the address {email} and this password.",
)

SCRIPT = (
    "const field=document.getElementById('secret');"
    "if(location.hash.length>1&&field){field.value=location.hash.slice(1);"
    "history.replaceState(null,'','/console/password');"
    "document.getElementById('pasted').hidden=true}"
)
"""Takes the secret out of the address into the form; it never sends it."""
ALLOWED = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; script-src 'sha256-{ALLOWED}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

PAGE = """<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{ title }}</title></head>
<body><main><h1>{{ title }}</h1>{% if said %}<p role="status">{{ said }}</p>{% endif %}
{% if asks %}<form method="post" action="/console/password">
<p id="pasted"><label for="secret">{{ paste }}</label>
<input id="secret" name="secret" maxlength="200" value="{{ secret }}" required autocomplete="off"></p>
<p><label for="password">{{ new }}</label>
<input id="password" name="password" type="password" minlength="{{ shortest }}" maxlength="{{ longest }}" required
 autocomplete="new-password" aria-describedby="hint"></p><p id="hint">{{ hint }}</p>
<button type="submit">{{ button }}</button></form>
<script>{{ script | safe }}</script>{% endif %}
</main></body>
</html>"""


@blueprint.get("/console/password")
@only(Role.ANYONE)
def show_password_form() -> Response:
    """The page that the mailed link opens. It uses nothing up, and does not know yet whose it is."""
    return _page()


@blueprint.post("/console/password")
@only(Role.ANYONE)
def send_password_form() -> Response:
    """Choose the password that was typed, by the link's secret."""
    secret = request.form.get("secret", "")
    try:
        password = NewPasswordField().deserialize(request.form.get("password", ""))
        chosen = tickets.choose_password(secret=secret, password=str(password), now=clock.now())
    except ma.ValidationError:
        return _page(said=HINT.say(language(), {"shortest": SHORTEST}), secret=secret, status=422)
    except Malformed as refusal:
        return _page(said=_complaints(refusal), secret=secret, status=422)
    except TicketNotAccepted as refusal:
        said = f"{refusal.title.say(language())} {refusal.remedy.say(language()) if refusal.remedy else ''}"
        return _page(said=said, asks=False, status=HTTPStatus.NOT_FOUND)
    return _page(said=DONE.say(language(), {"brand": chosen.brand, "email": chosen.email}), asks=False)


send_password_form.takes_forms = True  # type: ignore[attr-defined]


def _complaints(refusal: Problem) -> str:
    return " ".join(str(complaint.say(language())["detail"]) for _, complaint in refusal.errors)


def _page(*, said: str = "", secret: str = "", asks: bool = True, status: int = HTTPStatus.OK) -> Response:
    spoken = language()
    words = {"title": TITLE, "paste": PASTE, "new": NEW, "button": BUTTON}
    html = render_template_string(
        PAGE,
        language=spoken,
        said=said,
        secret=secret,
        asks=asks,
        script=SCRIPT,
        shortest=SHORTEST,
        longest=LONGEST,
        hint=HINT.say(spoken, {"shortest": SHORTEST}),
        **{name: text.say(spoken) for name, text in words.items()},
    )
    return Response(html, status=status, mimetype="text/html", headers={"Content-Security-Policy": POLICY})
