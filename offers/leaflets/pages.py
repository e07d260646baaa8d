"""The leaflet on paper: one page of HTML for a printer, A4 or smaller, that needs no script and nothing from elsewhere.

An app asks for it as for any other answer, with the member's token, and gives it to the printer of the phone. A link
that anybody could open would stand in the logs of everything between.
"""

import uuid

from babel.dates import format_date
from flask import Blueprint, Response, render_template_string, request

from app import clock
from app.http.access import Role, member_id, only
from app.http.problems import language
from app.languages import Language, Text
from offers.leaflets import leaflets
from offers.leaflets.errors import LeafletStoreUnknown
from offers.leaflets.leaflets import Leaflet
from wallet.externals.barcodes import as_svg
from wallet.externals.models import Symbology

blueprint = Blueprint("leaflet_pages", __name__)

TITLE = Text(fr="Mes offres de la semaine", en="My offers of the week")
WEEK = Text(fr="Du {first} au {last}", en="{first} to {last}")
NOTHING = Text(fr="Aucune offre cette semaine dans ce magasin.", en="No offer this week at this store.")
WHY = Text(
    fr="Ces offres sont choisies d'après vos achats, ce que vous avez permis. Vous pouvez retirer cet accord à tout"
    " moment dans vos autorisations.",
    en="These offers are chosen from what you buy, as you permitted. You can withdraw this permission at any time in"
    " your permissions.",
)
PRESENT = Text(fr="À présenter en caisse", en="To show at the till")

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

STYLE = """
@page { size: A4; margin: 12mm }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 4mm; max-width: 186mm; font: 10pt/1.35 system-ui, sans-serif; color: #000 }
header { border-bottom: 2px solid #000; margin-bottom: 4mm; padding-bottom: 2mm }
h1 { font-size: 18pt; margin: 0 } header p { margin: 1mm 0 0 }
ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: 1fr 1fr; gap: 4mm }
li { border: 1px solid #000; border-radius: 2mm; padding: 3mm; break-inside: avoid; overflow-wrap: anywhere }
h2 { font-size: 12pt; margin: 0 0 1mm } li p { margin: 0 0 1mm }
h2, .text { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden }
.text { -webkit-line-clamp: 3 }
.why { font-style: italic } .until { font-weight: 600 }
svg { display: block; margin: 0 auto } .code { font-family: monospace; text-align: center }
footer { margin-top: 4mm; font-size: 8pt }
@media (max-width: 120mm) { ul { grid-template-columns: 1fr } }
"""

PAGE = """<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{ title }} – {{ leaflet.brand_name }}</title>
<style>{{ style | safe }}</style></head>
<body><header><h1>{{ title }}</h1><p>{{ leaflet.brand_name }}, {{ leaflet.store_name }}. {{ week }}.</p></header>
<main>{% if items %}<ul>{% for item in items %}<li>
<h2>{{ item.offer.title }}</h2><p class="text">{{ item.offer.text }}</p>
{% if item.offer.when %}<p class="until">{{ item.offer.when }}</p>{% endif %}
<p class="until">{{ item.offer.until }}</p><p class="why">{{ item.reason }}</p>
{% if item.code %}<p>{{ present }}</p>{{ item.barcode | safe }}<p class="code">{{ item.code }}</p>{% endif %}
</li>{% endfor %}</ul>{% else %}<p>{{ nothing }}</p>{% endif %}</main>
<footer>{{ why }}</footer></body>
</html>"""


@blueprint.get("/leaflet")
@only(Role.MEMBER)
def print_leaflet() -> Response:
    """The member's leaflet of this week, to be printed. Asks for what `GET /v1/leaflet` asks."""
    found = leaflets.read_leaflet(
        member_id=member_id(),
        brand=request.args.get("brand", ""),
        store_id=_store_named(request.args.get("store")),
        language=language(),
        now=clock.now(),
    )
    return Response(_page(found, language()), mimetype="text/html", headers={"Content-Security-Policy": POLICY})


def _store_named(text: str | None) -> uuid.UUID | None:
    try:
        return None if text is None else uuid.UUID(text)
    except ValueError:
        raise LeafletStoreUnknown from None


def _page(leaflet: Leaflet, spoken: Language) -> str:
    first, last = (format_date(day, "EEEE d MMMM", locale=spoken) for day in (leaflet.first_day, leaflet.last_day))
    words = {"title": TITLE, "nothing": NOTHING, "why": WHY, "present": PRESENT}
    items = [
        {
            "offer": item.offer,
            "reason": leaflets.REASONS[item.reason].say(spoken),
            "code": item.coupon_code,
            "barcode": item.coupon_code and _barcode(item.coupon_code),
        }
        for item in leaflet.items
    ]
    return render_template_string(
        PAGE,
        language=spoken,
        style=STYLE,
        leaflet=leaflet,
        items=items,
        week=WEEK.say(spoken, {"first": first, "last": last}),
        **{name: text.say(spoken) for name, text in words.items()},
    )


def _barcode(code: str) -> str:
    """What a till reads, drawn by us: no text of anybody else's is in it."""
    return as_svg(symbology=Symbology.CODE_128, code=code).partition("?>")[2]
