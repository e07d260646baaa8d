"""Passes that members hold, on the wire."""

import marshmallow as ma

from app.http.api import Instant, Out
from app.http.pagination import PageOut
from wallet.issued.models import PassKind
from wallet.issued.wallets import WalletState


class HeldPassOut(Out):
    """A pass of a card or coupon (`target_id`); `changed_at` is when it last said something new."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(PassKind, by_value=True, required=True)
    brand_id = ma.fields.UUID(required=True)
    target_id = ma.fields.UUID(required=True)
    made_at = Instant(required=True)
    changed_at = Instant(required=True)


class WalletOfferedOut(Out):
    """How the pass is added to a wallet; `url` is null where this brand's passes cannot be."""

    wallet = ma.fields.String(required=True)
    state = ma.fields.Enum(WalletState, by_value=True, required=True)
    url = ma.fields.String(required=True, allow_none=True)


class PassOut(HeldPassOut):
    """A pass with the wallets that it can be added to."""

    is_void = ma.fields.Boolean(required=True)
    wallets = ma.fields.List(ma.fields.Nested(WalletOfferedOut), required=True)


class HeldPassesOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(HeldPassOut), required=True)
