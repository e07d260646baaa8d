"""Refusals about coupons as passes."""

from app.errors import Conflict
from app.languages import Text


class CouponNotUsable(Conflict):
    """Said to the member whose coupon it is."""

    title = Text(
        fr="Ce bon a déjà servi, n'est plus valable ou a été donné : il ne peut pas devenir un pass.",
        en="This coupon was used, is over or was given away: it cannot become a pass.",
    )
