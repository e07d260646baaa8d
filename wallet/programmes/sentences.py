"""Why a rule gave what it gave, in the words of whoever reads."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.languages import LANGUAGES, Language, Money
from wallet.programmes import wording
from wallet.programmes.rules import Period, Programme


def sentences(programme: Programme, code: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """`1 point par euro, sur 12,40 € ; ×2 (Mardi)`, by language."""
    return {language: sentence(programme, code, facts, language) for language in LANGUAGES}


def sentence(programme: Programme, code: str, facts: Mapping[str, Any], language: Language) -> str:
    """The sentence that a rule's award comes to, in one language."""
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
        cut = {"sentence": said, "most": facts["cap"]["most"], "period": period, "cut": facts["cut"]}
        said = wording.CUT.say(language, cut)
    return said


@lru_cache(maxsize=4096)
def money(amount_minor: int, currency: str, language: Language) -> str:
    """`12,40 €` or `€12.40`."""
    return Money(amount_minor, currency).spoken(language)
