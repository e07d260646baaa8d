"""A pass as a page: nothing in it is fetched, run or sent, and what a brand wrote is text."""

import base64
from collections.abc import Sequence

from jinja2 import Environment, StrictUndefined

from app.languages import Text
from app.pictures.pictures import Picture
from wallet.designs import colours
from wallet.designs.capabilities import WalletName
from wallet.designs.designs import Design
from wallet.designs.layout import PassLayout
from wallet.designs.losses import Loss
from wallet.designs.previews.drawings import BACK, draw_code

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
TITLE = Text(fr="Aperçu : {name}", en="Preview: {name}")
LOST = Text(fr="Ce que ce portefeuille ne montre pas", en="What this wallet does not show")

PAGE = """<!doctype html>
<html lang="{{ layout.language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{ title }}</title>
<style>
body { margin: 0; padding: 16px; font: 16px/1.4 system-ui, sans-serif; background: #f1f1ee; color: #1c1c1e }
main { max-width: 375px; margin: auto } dl, p, ul { overflow-wrap: anywhere }
.front { background: {{ design.background }}; color: {{ ink }}; border-radius: 14px; padding: 16px; overflow: hidden }
.top { display: flex; gap: 12px; align-items: center } .top img { max-height: 50px; max-width: 160px }
.round img { width: 48px; height: 48px; border-radius: 50% } .top strong { flex: 1; font-weight: 400 }
.wide { display: block; width: calc(100% + 32px); margin: 12px -16px }
dl { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 12px 0 } dl div { flex: 1 1 40% }
dt { font-size: 11px; color: {{ label }} } dd { margin: 0; white-space: pre-line } .primary dd { font-size: 28px }
.code { background: #fff; color: #000; border-radius: 8px; padding: 12px; width: max-content; max-width: 80% }
.code { margin: auto; text-align: center }
.code img { display: block; max-width: 100%; margin: auto; image-rendering: pixelated }
.back dl { display: block } .back dt { color: #55555b; font-size: 13px; margin-top: 8px }
</style></head>
<body><main>
<section class="front"><div class="top{{ '' if is_apple else ' round' }}">
{% if logo %}<img src="{{ logo }}" alt="">{% endif %}<strong>{{ layout.logo_text or layout.organization }}</strong>
{% for field in layout.at("header") %}<div><dt>{{ field.label }}</dt><dd>{{ field.value }}</dd></div>{% endfor %}</div>
{% if wide %}<img class="wide" src="{{ wide }}" alt="">{% endif %}
{% for place in ("primary", "secondary", "auxiliary") %}{% if layout.at(place) %}<dl class="{{ place }}">
{% for field in layout.at(place) %}<div><dt>{{ field.label }}</dt><dd>{{ field.value }}</dd></div>{% endfor %}
</dl>{% endif %}{% endfor %}
<div class="code"><img src="{{ code }}" alt="">{{ layout.code }}</div></section>
{% if layout.at("back") %}<section class="back"><h2>{{ back }}</h2><dl>
{% for field in layout.at("back") %}<dt>{{ field.label }}</dt><dd>{{ field.value }}</dd>{% endfor %}
</dl></section>{% endif %}
{% if losses %}<section><h2>{{ lost }}</h2><ul>
{% for loss in losses %}<li>{{ loss }}</li>{% endfor %}</ul></section>{% endif %}
</main></body>
</html>
"""

_PAGE = Environment(autoescape=True, undefined=StrictUndefined).from_string(PAGE)


def write_preview(layout: PassLayout, design: Design, wallet: WalletName, losses: Sequence[Loss]) -> str:
    """The pass in this wallet as HTML, with what the wallet does not show."""
    is_apple, pictures = wallet is WalletName.APPLE, design.pictures
    ink = design.foreground if is_apple else colours.ink_on(design.background)
    language = layout.language
    return _PAGE.render(
        layout=layout,
        design=design,
        is_apple=is_apple,
        ink=ink,
        label=design.label if is_apple else ink,
        logo=_inline(pictures.get("logo@2x") or pictures.get("logo") if is_apple else pictures["emblem"]),
        wide=_inline(pictures.get("strip@2x") or pictures.get("strip") if is_apple else pictures.get("hero")),
        code=_address(draw_code(layout)),
        title=TITLE.say(language, {"name": design.name}),
        back=BACK.say(language),
        lost=LOST.say(language),
        losses=[loss.kind.text.say(language, loss.facts) for loss in losses if loss.kind.wallet in (None, wallet)],
    )


def _inline(picture: Picture | None) -> str | None:
    return None if picture is None else _address(picture.png)


def _address(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
