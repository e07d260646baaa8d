"""A design is filled with what a pass says now: the fields that both wallets draw from, so that how a balance or a date
is worded is decided once."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from app.languages import Language, Money, Text
from wallet.designs.capabilities import APART, WALLETS, PassSymbology, WalletName, is_full
from wallet.designs.contents import SaidBalance, SaidCoupon, SaidPass
from wallet.designs.designs import Design
from wallet.designs.fields import (
    CHANGES,
    CHANGING,
    LABELS,
    REMEMBERED,
    FieldPlace,
    FieldPlan,
    FieldShows,
    in_language,
    last_day,
    write_number,
)
from wallet.stamps import cells

COUPON = "coupon"
DESCRIPTIONS = {
    True: Text(fr="Bon {brand}", en="{brand} coupon"),
    False: Text(fr="Carte de fidélité {brand}", en="{brand} loyalty card"),
}
"""What a screen reader says of the pass, by whether it is a coupon's."""
UNTIL = Text(fr="{title} – jusqu'au {day}", en="{title} – until {day}")
NONE = Text(fr="Aucun", en="None")
TERMS, HELP = Text(fr="Conditions d'utilisation", en="Terms"), Text(fr="Aide", en="Help")


class FilledField(NamedTuple):
    """One field as it is shown. `key` is its own in the pass and stays the same from revision to revision; `value` is
    always text; `amount` is the number behind it where there is one, with the code of its `currency`."""

    key: str
    shows: FieldShows
    place: FieldPlace
    label: str
    value: str
    change_message: str | None = None
    amount: int | None = None
    currency: str | None = None
    short: str | None = None
    """The same without words, for where there is one place for every language."""


class PassLayout(NamedTuple):
    """A pass in one language. `moved` are fields for which the wallet has no place on the front, and which are on the
    back; `left_out` those that it shows nowhere."""

    language: Language
    is_coupon: bool
    organization: str
    description: str
    logo_text: str | None
    fields: tuple[FilledField, ...]
    code: str
    symbology: PassSymbology
    moved: tuple[FilledField, ...] = ()
    left_out: tuple[FilledField, ...] = ()

    def at(self, place: FieldPlace) -> list[FilledField]:
        """The fields of one place, in their order."""
        return [field for field in self.fields if field.place == place]

    def shown(self, shows: FieldShows) -> list[FilledField]:
        """The fields about one thing, wherever they stand."""
        return [field for field in self.fields if field.shows is shows]


Layout = PassLayout
"""Its short name, by which rooms above know it."""


class _Filling(NamedTuple):
    """What the fields of one pass are filled from."""

    contents: SaidPass
    design: Design
    language: Language


def lay_out(
    contents: SaidPass, design: Design, language: Language, *, wallet: WalletName = WalletName.APPLE
) -> PassLayout:
    """What a pass says, in this language, within the limits of this wallet: what the front has no place for goes to the
    back. A change has words for the lock screen only where the member may be told (`may_notify`)."""
    is_coupon = contents.kind == COUPON
    filling = _Filling(contents, design, language)
    symbology = design.coupon_symbology if is_coupon else design.card_symbology
    fields, moved, left_out = _fit(_fill(filling, is_coupon=is_coupon), wallet, symbology)
    return PassLayout(
        language=language,
        is_coupon=is_coupon,
        organization=design.name,
        description=DESCRIPTIONS[is_coupon].say(language, {"brand": design.name}),
        logo_text=None if design.logo_text is None else in_language(design.logo_text, language),
        fields=fields,
        code=contents.code,
        symbology=symbology,
        moved=moved,
        left_out=left_out,
    )


def _fill(filling: _Filling, *, is_coupon: bool) -> Iterator[FilledField]:
    """Every field that has something to show, each with a key of its own."""
    plans = filling.design.coupon_fields if is_coupon else filling.design.card_fields
    seen: dict[str, int] = {}
    for plan in (*plans, *_small_print(filling.design)):
        for field in FILLERS[plan.shows](plan, filling):
            count = seen[field.key] = seen.get(field.key, 0) + 1
            yield field if count == 1 else field._replace(key=f"{field.key}-{count}")


def _small_print(design: Design) -> Iterator[FieldPlan]:
    """Links, where to ask, and terms, at the end of the back."""
    said = [(link.label, Text(fr=link.url, en=link.url)) for link in design.links]
    if design.help_contact is not None:
        contact = design.help_contact.removeprefix("mailto:").removeprefix("tel:")
        said.append((HELP, Text(fr=contact, en=contact)))
    if design.terms is not None:
        said.append((TERMS, design.terms))
    for label, text in said:
        yield FieldPlan(FieldShows.TEXT, FieldPlace.BACK, label, text)


def _fit(
    fields: Iterable[FilledField], wallet: WalletName, symbology: PassSymbology
) -> tuple[tuple[FilledField, ...], tuple[FilledField, ...], tuple[FilledField, ...]]:
    """The fields that are shown where they are shown, those that went to the back, and those that are not shown."""
    kept: list[FilledField] = []
    moved: list[FilledField] = []
    taken: list[FieldPlace] = []
    for field in fields:
        if is_full(field.place, taken, wallet, symbology):
            field = field._replace(place=FieldPlace.BACK)
            moved.append(field)
        kept.append(field)
        taken.append(field.place)
    if (most := WALLETS[wallet].most_texts) is None:
        return tuple(kept), tuple(moved), ()
    left_out = tuple([field for field in kept if field.shows not in APART[wallet]][most:])
    shown = tuple(field for field in kept if field not in left_out)
    return shown, tuple(field for field in moved if field not in left_out), left_out


def _field(plan: FieldPlan, filling: _Filling, value: str, *, key: str | None = None, **more: Any) -> FilledField:
    language = filling.language
    label = more.pop("label", None) or in_language(plan.label or LABELS[plan.shows], language)
    change = plan.change or CHANGES.get(plan.shows)
    message = in_language(change, language) if change is not None and filling.contents.may_notify else None
    return FilledField(key or str(plan.shows), plan.shows, plan.place, label, value, message, **more)


def _points(plan: FieldPlan, filling: _Filling) -> Iterator[FilledField]:
    """Each balance, under the name of its currency; under a label of the brand's own the name goes with the number."""
    for balance in filling.contents.balances:
        if plan.currency in (None, balance.currency):
            name = _said(balance, "name", filling.language)
            number = _number(balance, filling.language)
            known: dict[str, Any] = {"amount": None if balance.money else balance.amount, "currency": balance.currency}
            if balance.card_size is not None:
                stamps = cells.read_cells(size=balance.card_size, available=balance.amount)
                number = cells.tell_cells(stamps, filling.language)
                known |= {"amount": None, "short": cells.write_cells(stamps)}
            known["key"] = f"points-{balance.currency}"
            told = plan._replace(change=plan.change or _balance_change(balance))
            if plan.label is None:
                yield _field(told, filling, number, label=name, **known)
            else:
                yield _field(told, filling, number if known.get("short") else f"{number} {name}", **known)


def _number(balance: SaidBalance, language: Language) -> str:
    """So many points, or money as it is read."""
    if balance.money is None:
        return write_number(balance.amount, language)
    return Money(balance.amount, balance.money).spoken(language)


def _balance_change(balance: SaidBalance) -> Text:
    return Text(fr=f"{balance.name_fr} : {CHANGING}", en=f"{balance.name_en}: {CHANGING}")


def _tier(plan: FieldPlan, filling: _Filling) -> Iterator[FilledField]:
    if filling.contents.tier is not None:
        yield _field(plan, filling, _said(filling.contents.tier, "name", filling.language))


def _name(plan: FieldPlan, filling: _Filling) -> Iterator[FilledField]:
    if filling.contents.display_name:
        yield _field(plan, filling, filling.contents.display_name)


def _next_expiry(plan: FieldPlan, filling: _Filling) -> Iterator[FilledField]:
    """The first day on which points are over, as the brand's calendar has it."""
    known = [
        balance.expires_at
        for balance in filling.contents.balances
        if balance.expires_at is not None and plan.currency in (None, balance.currency)
    ]
    if known:
        local = min(known).astimezone(ZoneInfo(filling.design.time_zone)).replace(tzinfo=None)
        yield _field(plan, filling, last_day(local, filling.language))


def _coupon_count(plan: FieldPlan, filling: _Filling) -> Iterator[FilledField]:
    count = len(filling.contents.coupons)
    none = NONE.say(filling.language)
    yield _field(plan, filling, write_number(count, filling.language) if count else none, amount=count)


def _coupon_title(plan: FieldPlan, filling: _Filling) -> Iterator[FilledField]:
    """The title of the coupon; on a card those of all that the member holds, one on each line."""
    coupons, language = filling.contents.coupons, filling.language
    if filling.contents.kind == COUPON:
        lines = [_said(one, "title", language) for one in coupons[:1]]
    else:
        lines = [_with_end(one, language) for one in coupons]
    if lines:
        yield _field(plan, filling, "\n".join(lines))


def _coupon_text(plan: FieldPlan, filling: _Filling) -> Iterator[FilledField]:
    for coupon in filling.contents.coupons[:1]:
        text = _said(coupon, "description", filling.language)
        if text:
            yield _field(plan, filling, text)


def _ends(plan: FieldPlan, filling: _Filling) -> Iterator[FilledField]:
    for coupon in filling.contents.coupons[:1]:
        yield _field(plan, filling, last_day(coupon.ends_local, filling.language))


def _text(plan: FieldPlan, filling: _Filling) -> Iterator[FilledField]:
    if plan.text is not None:
        yield _field(plan, filling, in_language(plan.text, filling.language))


def _with_end(coupon: SaidCoupon, language: Language) -> str:
    return _until(_said(coupon, "title", language), coupon.ends_local, language)


@lru_cache(maxsize=REMEMBERED)
def _until(title: str, ends_local: datetime, language: Language) -> str:
    """Of an offer all members read the same."""
    return UNTIL.say(language, {"title": title, "day": last_day(ends_local, language)})


def _said(thing: object, name: str, language: Language) -> str:
    """What is said of a thing in both languages, in one of them."""
    return str(getattr(thing, f"{name}_{language}"))


FILLERS: dict[FieldShows, Callable[[FieldPlan, _Filling], Iterator[FilledField]]] = {
    FieldShows.POINTS: _points,
    FieldShows.TIER: _tier,
    FieldShows.NAME: _name,
    FieldShows.NEXT_EXPIRY: _next_expiry,
    FieldShows.COUPON_COUNT: _coupon_count,
    FieldShows.COUPON_TITLE: _coupon_title,
    FieldShows.COUPON_TEXT: _coupon_text,
    FieldShows.ENDS: _ends,
    FieldShows.TEXT: _text,
}
