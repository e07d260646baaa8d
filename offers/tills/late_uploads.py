"""What a till did without a network, taken in when it is back: what happened has happened, and is written down.

If the till was entitled and the rules hold, it is done as if it had been done then. Else it is done as far as it can
be, and the rest is a conflict with its loss, for a person to settle. What gave nothing away is simply refused.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.errors import Problem
from app.languages import Language
from app.sql import db
from offers.checkout import sales
from offers.checkout.payment.cagnotte import tendered_minor
from offers.checkout.payment.gift_cards import missing_of
from offers.checkout.pricing import PAYMENT
from offers.manufacturers.codes import keys_of, said_minor
from offers.offline.late_acts import LateAct, LateVerdict, TillAction, judge_late_act
from offers.tills import acts, queries, reasons
from offers.tills.acts import EffectKind, ScanAsked, ScanDone, TillPlace
from offers.tills.errors import AmountMissing
from offers.tills.models import LocalResult, ScanReason, ScanResult
from wallet.cards import resolution
from wallet.cards.resolution import ShownCode
from wallet.ledger.errors import PointsUnknown
from wallet.passes.errors import CardLost, PassUnknown
from wallet.passes.models import CodeKind
from wallet.points import adjustments, currencies, spending, statements

Problems = Sequence[Problem]
"""What spoke against the tries before, in their order."""
Try = Callable[[ScanAsked, TillPlace, Problems, Language, datetime], ScanDone]


def tries_of(asked: ScanAsked) -> Sequence[Try]:
    """What to try with an act of a till without a network, one after the other, each in a transaction of its own: the
    first that raises no refusal is what became of it. The last raises none."""
    if asked.local_result is LocalResult.REFUSED:
        return [_note_refusal]
    if asked.action is TillAction.BURN:
        return [_do_entitled, _burn_what_is_there, _note_conflict]
    if asked.sale is not None:
        return [_do_entitled, _do_as_charged, _sell_what_holds, _sell_alone, _note_conflict]
    return [_do_entitled, _note_conflict]


def given_away(asked: ScanAsked) -> int:
    """How much money a till took off by itself, as it says: what was to be paid, less what was charged."""
    if asked.sale is None or asked.charged_minor is None:
        return asked.value_minor
    return max(asked.value_minor, asked.sale.basket.due_minor - asked.charged_minor, 0)


def _do_entitled(asked: ScanAsked, at: TillPlace, problems: Problems, language: Language, now: datetime) -> ScanDone:
    """Do it as if it had been done then; what the till was not entitled to is for a person to look at.

    No offer applies by itself: without a network the till took nothing off that nobody showed.
    """
    return _do_then(acts.as_claimed(asked), at, language, now)


def _do_as_charged(asked: ScanAsked, at: TillPlace, problems: Problems, language: Language, now: datetime) -> ScanDone:
    """Do it with the offers that apply by themselves: what was charged may say that the till gave them."""
    return _do_then(asked, at, language, now)


def _do_then(asked: ScanAsked, at: TillPlace, language: Language, now: datetime) -> ScanDone:
    verdict = _judge(asked, at, now=now)
    then = _happened_at(asked, at, now=now)
    # The ledger of points and sales live now; a coupon is judged by what held when it was used.
    is_of_then = asked.action in (TillAction.REDEEM, TillAction.IDENTIFY)
    shown_at = then if verdict.is_entitled else None
    standing = _with_standing_code(asked, at, now=now)
    done = acts.do_act(standing, at=at, now=then if is_of_then else now, shown_at=shown_at)
    done.covered_by = verdict.covered_by
    if not verdict.is_entitled:
        done.result, done.reason = ScanResult.ACCEPTED_WITH_CONFLICT, ScanReason(verdict.reason or "offline_limit")
        done.message = _conflict(reasons.KNOWN[done.reason].say(language), language)
    return done


def _burn_what_is_there(
    asked: ScanAsked, at: TillPlace, problems: Problems, language: Language, now: datetime
) -> ScanDone:
    """Spend what is left; the rest is owed where these points may be, and else lost."""
    asked = _with_standing_code(asked, at, now=now)
    done = _conflicting(asked, at, problems, language, now)
    if asked.points is None:
        raise AmountMissing
    done.reading = acts.look_at_pass(asked, at=at, now=now)
    done.member_id = member_id = done.reading.scan.member_id
    currency = currencies.the_currency(brand_id=at.brand_id, currency_id=asked.points.currency_id)
    whose: dict[str, Any] = {"member_id": member_id, "currency_id": currency.id}
    said: dict[str, Any] = {"facts": acts.where_is(at), "now": now}
    source = acts.source_of(asked, at)
    there = min(_available(**whose, now=now), asked.points.points)
    missing = asked.points.points - there
    done.kind, done.currency_id, done.points = EffectKind.POINTS, currency.id, asked.points.points
    if there:
        spent = spending.spend_points(**whose, points=there, source=source, reason="till_scan", **said)
        done.target_id, done.spent = spent.id, there
    if missing and currency.may_go_negative:
        adjustments.adjust_balance(**whose, points=-missing, source=f"{source}:owed", reason="till_scan_owed", **said)
        done.owed = missing
    done.loss_points, done.value_minor = missing, asked.value_minor
    done.balance_after = [(currency.id, _available(**whose, now=now))]
    return done


def _available(*, member_id: uuid.UUID, currency_id: uuid.UUID, now: datetime) -> int:
    try:
        return statements.read_balance(member_id=member_id, currency_id=currency_id, now=now).book.available
    except PointsUnknown:
        return 0


def _sell_what_holds(
    asked: ScanAsked, at: TillPlace, problems: Problems, language: Language, now: datetime
) -> ScanDone:
    """The sale without those of its coupons and points that cannot be used."""
    asked = acts.as_claimed(_with_standing_code(asked, at, now=now))
    if asked.sale is None:
        raise AmountMissing
    refused = sales.quote_sale(asked=replace(asked.sale, is_paid=True), till=at.till, now=now).refusals
    return _sell(asked, frozenset(refused), at, problems, language, now)


def _sell_alone(asked: ScanAsked, at: TillPlace, problems: Problems, language: Language, now: datetime) -> ScanDone:
    """The sale without any coupon or points."""
    asked = acts.as_claimed(_with_standing_code(asked, at, now=now))
    if asked.sale is None:
        raise AmountMissing
    keys = {f"coupon:{code}" for code in asked.sale.coupons} | {PAYMENT} | {*keys_of(asked.sale.manufacturer_coupons)}
    return _sell(asked, frozenset(keys), at, problems, language, now)


def _sell(
    asked: ScanAsked, left_out: frozenset[str], at: TillPlace, problems: Problems, language: Language, now: datetime
) -> ScanDone:
    if asked.sale is None:
        raise AmountMissing
    done = _conflicting(asked, at, problems, language, now)
    done.reading = acts.look_at_pass(asked, at=at, now=now)
    done.member_id = done.reading.scan.member_id
    sold = acts.sell(done, acts.without(asked.sale, keys=left_out), None, at=at, now=now)
    charged = asked.charged_minor
    done.loss_minor = asked.value_minor if charged is None else max(sold.payable_minor - charged, 0)
    done.loss_minor += missing_of(sold)
    # What a till took for a coupon that its issuer will not pay.
    lost = [code for key, code in keys_of(asked.sale.manufacturer_coupons).items() if key in left_out]
    done.loss_minor += sum(said_minor(code, asked.sale.basket.currency) for code in lost)
    return done


def _note_refusal(asked: ScanAsked, at: TillPlace, problems: Problems, language: Language, now: datetime) -> ScanDone:
    member_id = _member_then(asked, at, now=now)
    message = reasons.REFUSED_THERE.say(language)
    return ScanDone(member_id=member_id, result=ScanResult.REFUSED, message=message)


def _note_conflict(asked: ScanAsked, at: TillPlace, problems: Problems, language: Language, now: datetime) -> ScanDone:
    """Nothing of it can be done: what the till gave away is lost; where it gave nothing, it is refused."""
    done = _conflicting(asked, at, problems, language, now)
    points = asked.points or (asked.sale.points if asked.sale else None)
    done.points, done.value_minor = points.points if points else 0, given_away(asked)
    done.currency_id = points.currency_id if points else None
    done.loss_points, done.loss_minor = done.points if asked.sale is None else 0, done.value_minor
    gave = done.points or done.value_minor or asked.action is TillAction.REDEEM
    if not gave:
        read = reasons.read_late_refusal(problems[0], language=language)
        done.result, done.message, done.texts = ScanResult.REFUSED, read.message, read.texts
    return done


def _conflicting(asked: ScanAsked, at: TillPlace, problems: Problems, language: Language, now: datetime) -> ScanDone:
    """A conflict because of what spoke against it first; its verdict counts it all the same."""
    read = reasons.read_late_refusal(problems[0], language=language)
    verdict = _judge(asked, at, now=now)
    return ScanDone(
        member_id=_member_then(asked, at, now=now),
        result=ScanResult.ACCEPTED_WITH_CONFLICT,
        reason=read.reason,
        message=_conflict(read.message, language),
        texts=read.texts,
        covered_by=verdict.covered_by,
        currency=asked.sale.basket.currency if asked.sale else None,
    )


def _conflict(why: str, language: Language) -> str:
    return reasons.CONFLICT.say(language, {"why": why})


def _judge(asked: ScanAsked, at: TillPlace, *, now: datetime) -> LateVerdict:
    points = asked.points or (asked.sale.points if asked.sale else None)
    shown = (asked.code,) if asked.action is TillAction.REDEEM else ()
    act = LateAct(
        brand_id=at.brand_id,
        store_id=at.store_id,
        terminal_id=at.terminal_id,
        scan_id=asked.scan_id,
        action=asked.action,
        code=asked.code,
        occurred_at=asked.occurred_at,
        member_id=_member_then(asked, at, now=now),
        coupons=tuple(asked.sale.coupons) if asked.sale else shown,
        points=points.points if points else tendered_minor(asked.sale) if asked.sale else 0,
        points_currency_id=points.currency_id if points else None,
        value_minor=given_away(asked),
        currency=asked.sale.basket.currency if asked.sale else None,
        device_seq=asked.device_seq,
        snapshot_version=asked.snapshot_version,
        clock_drift_s=at.clock_drift_s,
        revoked_at=at.revoked_at,
    )
    return judge_late_act(act, now=now)


def _member_then(asked: ScanAsked, at: TillPlace, *, now: datetime) -> uuid.UUID | None:
    """Whose pass it was when it was shown, if anybody's."""
    shown = _shown_then(asked, at, now=now)
    return shown.member_id if shown else None


def _shown_then(asked: ScanAsked, at: TillPlace, *, now: datetime) -> ShownCode | None:
    """What the code stood for when it was shown, by our clock, if for anything."""
    then = _happened_at(asked, at, now=now)
    try:
        return resolution.resolve_code_at(code=asked.code, brand_id=at.brand_id, at=then)
    except Problem:
        return None


def _happened_at(asked: ScanAsked, at: TillPlace, *, now: datetime) -> datetime:
    """When it was by our clock, by what the till's was ahead when it last reported; never later than now."""
    return min(asked.occurred_at - timedelta(seconds=at.clock_drift_s or 0), now)


def _with_standing_code(asked: ScanAsked, at: TillPlace, *, now: datetime) -> ScanAsked:
    """What was asked, by our clock, and with the code that stands today where the card was replaced after it was
    shown."""
    if asked.sale is not None:
        basket = replace(asked.sale.basket, bought_at=_happened_at(asked, at, now=now))
        asked = replace(asked, sale=replace(asked.sale, basket=basket))
    try:
        then = _happened_at(asked, at, now=now)
        resolution.resolve_code(code=asked.code, brand_id=at.brand_id, kind=asked.kind, now=then)
    except (CardLost, PassUnknown):
        card = _card_then(asked, at, now=now)
        if card is not None:
            return replace(asked, code=card, sale=asked.sale and replace(asked.sale, code=card))
    return asked


def _card_then(asked: ScanAsked, at: TillPlace, *, now: datetime) -> str | None:
    """The code that stands today of the card whose code was shown. A coupon that is somebody else's since is not used
    by the card of who gave it: that would use another coupon."""
    shown = _shown_then(asked, at, now=now)
    if shown is None or (shown.kind == CodeKind.COUPON and asked.action is TillAction.REDEEM):
        return None
    card = db.first(queries.card_of(shown.member_id, at.brand_id))
    return card.code if card else None
