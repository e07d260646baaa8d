"""Sales as data: what is kept of what a till asked and of what came of it, and how staff read it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.codes.article_numbers import spell_gtin
from app.errors import Problem
from app.languages import Language, Money, Text
from offers.checkout import wording
from offers.checkout.discounts import DiscountStep, PointsPayment
from offers.checkout.models import Sale, SaleReturn, SaleState
from offers.checkout.offered import incentives, manufacturers
from offers.checkout.payment import cards_given
from offers.checkout.pricing import Asked, PricedSale
from offers.checkout.purses.standing import tell_standing
from offers.coupons.coupon_cards import reason_of
from offers.manufacturers.codes import spell_codes
from offers.planning.models import OfferVersion
from wallet.authenticity.models import ShownForm
from wallet.authenticity.shown import read_shown
from wallet.passes.errors import CodeMistyped
from wallet.purchases.basket import BasketLine

SAID_OF_SOME = ("quantity_thousandths", "unit", "unit_price_minor", "deposit")
"""What a till says of lines that are weighed, or of packaging."""
FOUND_HERE = ("points_minor", "lists", "given")
"""What no till says of a line: what points pay of it, on which lists it is, how many units are for nothing."""
SAID_OF_A_LINE = [name for name in BasketLine.__dataclass_fields__ if name not in (*FOUND_HERE, *SAID_OF_SOME)]
"""What a till says of every line."""


NO_MEASURE = {"quantity_thousandths": None, "unit": None, "unit_price_minor": None}
NO_DEPOSITS: Mapping[str, Any] = {"deposits": [], "deposit_minor": 0}
"""What sales of before these were known do not say."""


def content_of(asked: Asked) -> dict[str, Any]:
    """Everything that a till said of a sale, in one order, as JSON."""
    basket = asked.basket
    lines = sorted((*basket.lines, *basket.deposits), key=lambda line: line.position)
    points = None if asked.points is None or asked.points.by_tender else asked.points
    paid: dict[str, Any] = {"tenders": [one.plain() for one in basket.tenders]} if basket.tenders else {}
    if asked.manufacturer_coupons:
        paid["manufacturer_coupons"] = spell_codes(asked.manufacturer_coupons)
    if asked.credit_minor is not None:
        paid["credit_minor"] = asked.credit_minor
    return paid | {
        "code": _spelled(asked.code),
        "currency": basket.currency,
        "tax_included": basket.tax_included,
        "bought_at": asked.said_when.isoformat() if asked.said_when else None,
        "lines": [_said(line) for line in lines],
        "coupons": sorted(set(map(_spelled, asked.coupons))),
        "points": {"currency_id": str(points.currency_id), "points": points.points} if points else None,
    }


def _said(line: BasketLine) -> dict[str, Any]:
    some = {name: getattr(line, name) for name in SAID_OF_SOME if getattr(line, name)}
    return {name: getattr(line, name) for name in SAID_OF_A_LINE} | some


def _spelled(shown: str) -> str:
    """A code that changes, without what changes: shown again it says the same. Others as they were said."""
    try:
        found = read_shown(shown)
    except CodeMistyped:
        return shown
    return shown if found.form is ShownForm.PLAIN else found.code


def says_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two contents are the same but for the pass that was shown and the way in which articles are numbered."""
    return _without_spelling(one) == _without_spelling(other)


def _without_spelling(content: Mapping[str, Any]) -> dict[str, Any]:
    lines = [line | {"gtin": line["gtin"] and spell_gtin(line["gtin"])} for line in content["lines"]]
    return {**content, "code": None, "lines": lines}


def trace_of(weighed: PricedSale) -> dict[str, Any]:
    """What a sale comes to, step by step, as JSON. Amounts by position of the line; nothing in it is in words but
    titles, which come in both languages."""
    before, after = weighed.stacked.initial, weighed.stacked.basket
    lines = [
        _line(old, new, tax_included=after.tax_included) for old, new in zip(before.lines, after.lines, strict=True)
    ]
    deposits = [_deposit(line, tax_included=after.tax_included) for line in after.deposits]
    added = sum(line["added_tax_minor"] for line in lines)
    deposit_minor = sum(line["payable_minor"] for line in deposits)
    return {
        "tax_included": after.tax_included,
        "lines": lines,
        "deposits": deposits,
        "tenders": [one.shown() for one in after.tenders],
        "gift_cards": [],
        "steps": [_step(step, weighed) for step in weighed.stacked.steps],
        "left_out": [
            {
                "key": left.incentive.key,
                "reason": str(left.reason),
                "facts": dict(left.facts),
                "title": _title(weighed.titled.get(left.incentive.key)),
            }
            for left in weighed.stacked.left_out
        ],
        "earns": [
            {"currency_id": str(award.currency_id), "rule": award.rule_id, "points": award.points}
            for award in weighed.awards
        ],
        "bonuses": [],
        "moneys": [str(id) for id in weighed.moneys],
        "gross_minor": sum(line.gross_minor for line in before.lines),
        "till_promotion_minor": sum(line.promotion_minor for line in before.lines),
        "promotion_minor": after.promotion_minor - before.promotion_minor,
        "net_minor": after.net_minor,
        "deposit_minor": deposit_minor,
        "tax_minor": sum(line["tax_minor"] for line in (*lines, *deposits)),
        "payable_minor": after.net_minor + added + deposit_minor,
        **manufacturers.trace_of(weighed.manufacturers),
    }


def _line(old: BasketLine, new: BasketLine, *, tax_included: bool) -> dict[str, Any]:
    """Tax is counted once everything is off: on what is paid, never on less than nothing."""
    tax = new.tax_minor(tax_included=tax_included)
    measure = {name: getattr(new, name) for name in ("quantity_thousandths", "unit", "unit_price_minor")}
    return {
        "position": new.position,
        "quantity": new.quantity,
        "gross_minor": new.gross_minor,
        "till_promotion_minor": old.promotion_minor,
        "promotion_minor": new.promotion_minor - old.promotion_minor,
        "net_minor": new.net_minor,
        "tax_minor": tax,
        "added_tax_minor": 0 if tax_included else tax,
        **measure,
    }


def _deposit(line: BasketLine, *, tax_included: bool) -> dict[str, Any]:
    tax = line.tax_minor(tax_included=tax_included)
    payable = line.net_minor + (0 if tax_included else tax)
    return {"position": line.position, "label": line.label, "payable_minor": payable, "tax_minor": tax}


def _step(step: DiscountStep, weighed: PricedSale) -> dict[str, Any]:
    coupon = weighed.used.get(step.incentive.key)
    version = coupon.version if coupon else None
    item = step.incentive.effect.handed_over
    return {
        "key": step.incentive.key,
        "kind": step.incentive.kind,
        "stacking": str(step.incentive.stacking),
        "base": str(step.incentive.base),
        "rank": step.incentive.rank,
        "base_minor": step.base_minor,
        "before_minor": step.before_minor,
        "wanted_minor": step.wanted_minor,
        "amount_minor": step.amount_minor,
        "after_minor": step.after_minor,
        "lines": {str(at): amount for at, amount in sorted(step.lines.items())},
        "points": step.points,
        "capped": step.capped,
        "offer_id": str(coupon.offer_id) if coupon else None,
        "coupon_code": coupon.code if coupon else None,
        "title": _title(version),
        "why": _why(step, version),
        "item": {"fr": item.fr, "en": item.en} if item else None,
    }


def _title(version: OfferVersion | None) -> dict[str, str] | None:
    return {"fr": version.title_fr, "en": version.title_en} if version else None


def _why(step: DiscountStep, version: OfferVersion | None) -> str | None:
    """By which of `wording.BY_ITSELF` an offer applies that nobody claimed."""
    if version is None or not incentives.is_by_itself(step.incentive.key):
        return None
    return "for_some" if version.for_whom else "for_everybody"


def told(
    trace: Mapping[str, Any],
    *,
    currency: str,
    language: Language,
    refusals: Mapping[str, Problem],
    state: SaleState = SaleState.OPEN,
) -> dict[str, Any]:
    """A trace as staff read it. What points paid of each line stands in the step that they are."""
    paid = points_by_line(trace)
    lines = [NO_MEASURE | line | {"points_minor": paid.get(line["position"], 0)} for line in trace["lines"]]
    steps = [
        step
        | {
            "title": step["title"] and step["title"][language],
            "item": step["item"] and step["item"][language],
            "reason": _reason(step.get("why"), language),
            "lines": [{"position": int(at), "amount_minor": amount} for at, amount in step["lines"].items()],
        }
        for step in trace["steps"]
    ]
    changed: dict[str, Any] = {
        "lines": lines,
        "tenders": [{"reference": None, "card": None} | one for one in trace.get("tenders", ())],
        "steps": steps,
        "points_minor": sum(paid.values()),
        "left_out": [_left_out(left, currency, language, refusals) for left in trace["left_out"]],
        cards_given.GIVEN: cards_given.tell_cards(trace, state=state, currency=currency, language=language),
    }
    return {**NO_DEPOSITS, **trace, **changed, **manufacturers.tell_coupons(trace, refusals, language)}


def _reason(why: str | None, language: Language) -> dict[str, str] | None:
    return None if why is None else {"code": why, "text": wording.BY_ITSELF[why].say(language)}


def points_by_line(trace: Mapping[str, Any]) -> dict[int, int]:
    """What points paid in a sale, by the position of the line."""
    paying = (step["lines"] for step in trace["steps"] if step["kind"] == PointsPayment.code)
    return {int(at): amount for at, amount in next(paying, {}).items()}


def _left_out(
    left: Mapping[str, Any], currency: str, language: Language, refusals: Mapping[str, Problem]
) -> dict[str, Any]:
    refusal = refusals.get(left["key"])
    said: dict[str, Any] = {"key": left["key"], "reason": left["reason"], "facts": left["facts"]}
    said["title"] = left["title"][language] if left.get("title") else None
    if refusal is not None:
        body = reason_of(refusal, language=language)
        return said | {"reason": body["code"], "text": body["title"], "facts": body.get("facts", {})}
    amounts = {name: Money(fact, currency) for name, fact in left["facts"].items() if name.endswith("_minor")}
    text = wording.LEFT_OUT[left["reason"]].say(language, amounts)
    counted_tax = left["facts"].get("counted_tax")
    if counted_tax is not None:
        text = f"{text} {wording.COUNTED_TAX[counted_tax].say(language)}"
    return said | {"text": text}


def quote_card(weighed: PricedSale, *, language: Language) -> dict[str, Any]:
    """What a sale would come to. A coupon that only the sale would write has no code yet."""
    unwritten = {one.code for one in weighed.fresh}
    trace = trace_of(weighed)
    steps = [step | {"coupon_code": None} if step["coupon_code"] in unwritten else step for step in trace["steps"]]
    trace = told(
        trace | {"steps": steps},
        currency=weighed.stacked.basket.currency,
        language=language,
        refusals=weighed.refusals,
    )
    points = weighed.points
    return trace | {
        "cagnotte": weighed.cagnotte and weighed.cagnotte.tell(language),
        "gift_cards": [
            tell_standing(one, currency=weighed.stacked.basket.currency, language=language)
            for one in weighed.gift_cards
        ],
        "currency": weighed.stacked.basket.currency,
        "points_spent": points.points if points else 0,
        "points_currency_id": points.currency_id if points else None,
    }


def sale_card(sale: Sale, returns: Sequence[SaleReturn], *, language: Language, now: datetime) -> dict[str, Any]:
    """A sale as it stands, with what came back of it."""
    state = SaleState(sale.state)
    return told(sale.trace, currency=sale.currency, language=language, refusals={}, state=state) | {
        "id": sale.id,
        "store_id": sale.store_id,
        "terminal": sale.terminal,
        "receipt": sale.receipt,
        "state": str(sale.state_at(now)),
        "currency": sale.currency,
        "points_spent": sale.points_spent,
        "points_currency_id": sale.points_currency_id if sale.points_spent else None,
        "purchase_id": sale.purchase_id,
        "opened_at": sale.opened_at,
        "held_until": sale.held_until,
        "closed_at": sale.closed_at,
        "cancelled_at": sale.cancelled_at,
        "returns": [return_card(one, weighed_lines(sale.trace), language=language) for one in returns],
    }


def weighed_lines(trace: Mapping[str, Any]) -> dict[int, int]:
    """The thousandths of each line of a sale that was weighed, by its position."""
    weights = {line["position"]: line.get("quantity_thousandths") for line in trace["lines"]}
    return {position: many for position, many in weights.items() if many is not None}


def _returned(position: int, many: int, *, weighed: bool) -> dict[str, Any]:
    return {
        "position": position,
        "quantity": 1 if weighed else many,
        "quantity_thousandths": many if weighed else None,
    }


def _facts_in_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a sentence, with money as money."""
    money = {name: Money(fact, facts["currency"]) for name, fact in facts.items() if name.endswith("_minor")}
    return {**facts, **money}


def return_card(one: SaleReturn, weights: Mapping[int, int], *, language: Language) -> dict[str, Any]:
    """What came back at one time; `weights` are the thousandths of the lines of its sale that were weighed."""
    texts: Mapping[str, Text] = wording.NOT_UNDONE
    return {
        "reference": one.reference.partition(":")[2],
        "kind": one.kind,
        "lines": [_returned(int(at), many, weighed=int(at) in weights) for at, many in one.lines.items()],
        "refund_minor": one.refund_minor,
        "manufacturer_minor": one.outcome.get("manufacturer_minor", 0),
        "points_given_back": one.points_given_back,
        "points_taken_back": one.outcome["points_taken_back"],
        "money_given_back_minor": one.outcome.get("money_given_back_minor", 0),
        "money_taken_back_minor": one.outcome.get("money_taken_back_minor", 0),
        "gift_cards": one.outcome.get("gift_cards", []),
        "gift_cards_taken_back": one.outcome.get("gift_cards_taken_back", []),
        "coupons": one.outcome["coupons"],
        "not_undone": [
            {"code": stays["code"], "text": texts[stays["code"]].say(language, _facts_in_words(stays["facts"]))}
            for stays in one.outcome["not_undone"]
        ],
        "returned_at": one.returned_at,
    }
