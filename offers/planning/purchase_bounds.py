"""Between which amounts a purchase must lie for an offer to apply, and how these are counted. Pure."""

from enum import StrEnum

from wallet.purchases.basket import BasketLine


class CountedTax(StrEnum):
    """How a minimum and a maximum count taxes, whatever the prices of the basket contain."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


def counted_minor(line: BasketLine, amount_minor: int, counted: CountedTax, *, tax_included: bool) -> int:
    """So much of a line's price as a minimum and a maximum count it: with its tax or before it, to the minor unit.
    `tax_included` says whether prices of the basket contain it; what has no rate of tax counts as it is."""
    if (counted is CountedTax.INCLUDED) is tax_included:
        return amount_minor
    tax = line.tax_on(amount_minor, tax_included=tax_included)
    return amount_minor - tax if tax_included else amount_minor + tax
