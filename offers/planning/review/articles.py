"""Whether two offers can be about the same article. Pure."""

from collections.abc import Iterable
from enum import IntEnum

from app.codes.article_numbers import spell_gtin
from wallet.purchases.basket import Products, is_within


class Meeting(IntEnum):
    """Never; perhaps, as only a till knows in which category a number is; or for certain."""

    NEVER = 0
    PERHAPS = 1
    CERTAINLY = 2


def compare_articles(one: Products, other: Products) -> Meeting:
    """Whether some article is of both. A number is the same in any of its spellings; of two nested categories the inner
    one is in both, unless an offer leaves it out."""
    but_not, out = one.but_not | other.but_not, one.but_not_lists | other.but_not_lists
    if one.names_all or other.names_all:
        named = other if one.names_all else one
        some = named.names_all or named.gtins or named.skus or named.lists or _left(named.categories, but_not)
        numbers_only = not (named.names_all or _left(named.categories, but_not))
        if not some:
            return Meeting.NEVER
        return Meeting.PERHAPS if (numbers_only and but_not) or named.lists or out else Meeting.CERTAINLY
    inner = {
        mine if is_within(mine, theirs) else theirs
        for mine in one.categories
        for theirs in other.categories
        if is_within(mine, theirs) or is_within(theirs, mine)
    }
    if _left(inner, but_not):
        return Meeting.PERHAPS if out else Meeting.CERTAINLY
    if _spelled(one.gtins) & _spelled(other.gtins) or one.skus & other.skus or (one.lists & other.lists) - out:
        return Meeting.PERHAPS if but_not or out else Meeting.CERTAINLY
    return Meeting.PERHAPS if _may_be_one(one, other) or _may_be_one(other, one) else Meeting.NEVER


def _may_be_one(one: Products, other: Products) -> bool:
    """Whether an article that one names by number, or by a list, may be what the other names in another way."""
    return bool(one.lists) or bool(
        (one.gtins and (other.categories or other.skus)) or (one.skus and (other.categories or other.gtins))
    )


def _left(categories: Iterable[str], but_not: Iterable[str]) -> list[str]:
    left_out = list(but_not)
    return [one for one in categories if not any(is_within(one, path) for path in left_out)]


def _spelled(gtins: Iterable[str]) -> set[str]:
    return {spell_gtin(number)[-1] for number in gtins}
