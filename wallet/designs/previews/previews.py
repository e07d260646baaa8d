"""A preview is asked for: of a card or a coupon, in one wallet and language, as a picture or as a page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app.languages import Language
from wallet.designs import losses, samples
from wallet.designs.capabilities import WalletName
from wallet.designs.designs import Design
from wallet.designs.layout import lay_out
from wallet.designs.previews import drawings, markup


class Preview(NamedTuple):
    """What is answered."""

    content: bytes
    content_type: str
    headers: Mapping[str, str]


def make_preview(design: Design, *, wallet: str, kind: str, language: Language, form: str, now: datetime) -> Preview:
    """The pass of a member who does not exist in this design, with the currencies and tiers of its brand."""
    name = WalletName(wallet)
    facts: dict[str, Any] = {"brand_name": design.name, "time_zone": design.time_zone, "now": now}
    sample = samples.read_sample(kind, brand_id=design.brand_id, **facts)
    layout = lay_out(sample, design, language, wallet=name)
    if form == "png":
        return Preview(drawings.draw_preview(layout, design, name), "image/png", {})
    page = markup.write_preview(layout, design, name, losses.list_losses(sample, design))
    return Preview(page.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": markup.POLICY})
