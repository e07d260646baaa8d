"""Why a rule gave what it gave, in the words of whoever reads."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.languages import LANGUAGES, Language, Money
from wallet.ledger.currency_kinds import said_amount
from wallet.programmes import wording
from wallet.programmes.rules import Period, Programme


def sentences(programme: Programme, code: str, facts: Mapping[str, Any], *, money: str | None = None) -> dict[str, str]:
    """`1 point par euro, sur 12,40 € ; ×2 (Mardi)`, by language; `money` (ISO 4217) is what the rule gives, if any."""
    return {language: sentence(programme, code, facts, language, given=money) for language in LANGUAGES}


def sentence(
    programme: Programme, code: str, facts: Mapping[str, Any], language: Language, *, given: str | None = None
) -> str:
    """The sentence that a rule's award comes to, in one language; `given` is the money that it gives, if any."""
    titles = {rule.code: getattr(rule.title, language) for rule in programme.rules}
    said = str(titles[code])
    if "amount_minor" in facts:
        amount = money(facts["amount_minor"], facts["currency"], language)
        said = wording.ON_AMOUNT.say(language, {"title": said, "amount": amount})
    elif "units" in facts:
        said = wording.ON_UNITS.say(language, {"title": said, "units": facts["units"]})
    if "multipliers" in facts:
        more = ", ".join(titles[one] for one in facts["multipliers"])
        factor = wording.factor(facts["factor_percent"], language)
        said = wording.TIMES.say(language, {"sentence": said, "factor": factor, "titles": more})
    if "cap" in facts:
        period = wording.PERIODS[Period(facts["cap"]["period"])].say(language)
        amounts = {"most": said_amount(facts["cap"]["most"], given), "cut": said_amount(facts["cut"], given)}
        text = wording.CUT if given is None else wording.CUT_MONEY
        said = text.say(language, {"sentence": said, "period": period, **amounts})
    return said


@lru_cache(maxsize=4096)
def money(amount_minor: int, currency: str, language: Language) -> str:
    """`12,40 €` or `€12.40`."""
    return Money(amount_minor, currency).spoken(language)
