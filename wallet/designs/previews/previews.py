"""A preview is asked for: of a card or a coupon, in one wallet and language, as a picture or as a page."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app.languages import Language
from wallet.designs import designs, losses, samples
from wallet.designs.capabilities import WalletName
from wallet.designs.layout import lay_out
from wallet.designs.previews import drawings, markup


class Preview(NamedTuple):
    """What is answered."""

    content: bytes
    content_type: str
    headers: Mapping[str, str]


def make_preview(
    *, brand_id: uuid.UUID, wallet: str, kind: str, language: Language, form: str, now: datetime
) -> Preview:
    """The pass of a member who does not exist, in the brand's design, with its currencies and tiers."""
    design, name = designs.read_design(brand_id), WalletName(wallet)
    facts: dict[str, Any] = {"brand_name": design.name, "time_zone": design.time_zone, "now": now}
    sample = samples.read_sample(kind, brand_id=brand_id, **facts)
    layout = lay_out(sample, design, language, wallet=name)
    if form == "png":
        return Preview(drawings.draw_preview(layout, design, name), "image/png", {})
    page = markup.write_preview(layout, design, name, losses.list_losses(sample, design))
    return Preview(page.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": markup.POLICY})
