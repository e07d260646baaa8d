"""The words of a question: a published text, filled in with who asks, by which means, and what becomes of the data.

A text that names nobody tells nobody what they agree to (GDPR 4(11), 13(1)). So the places of a text are filled here
and not by the app, the fingerprint that a yes names is that of the filled words, and they are kept to be shown again.
"""

import hashlib
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from babel import Locale
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app import config
from app.accounts.brands import find_brand
from app.accounts.errors import AgeUndeclared, BrandUnidentified, BrandUnnamed
from app.accounts.models import Brand, Member
from app.consent import queries
from app.consent.errors import PurposeUnknown, RecipientUnknown
from app.consent.models import OWN, PermissionEvent, PermissionState, Purpose, PurposeText, Recipient
from app.consent.registry.models import ShownText
from app.consent.registry.purpose_data import data_of, say_data
from app.consent.registry.touchpoints import TOUCHPOINTS
from app.consent.registry.validation import check_touchpoint, knows_too_much
from app.languages import LANGUAGES, Language, Text
from app.sql import db

PLACE = re.compile(r"\{([a-z]+)\}")
PLACES = frozenset({"brand", "controller", "address", "contact", "touchpoint", "data", "storage"})
"""What every text by consent leaves open, to be filled in by us (GDPR 13(1) and (2)); in braces."""
PARTNER = "partner"
"""The place of who else receives data, in the texts of purposes that pass them on."""

_OFFICER = Text(
    fr="{contact} ; délégué à la protection des données : {dpo}", en="{contact}; data protection officer: {dpo}"
)


class Words(NamedTuple):
    """What is shown, word for word. `brand_id` is None for a text that names nobody, which proves no new yes."""

    purpose: str
    locale: str
    version: int
    text: str
    sha256: str
    published_at: datetime
    material: bool
    brand_id: uuid.UUID | None = None
    touchpoint: str = ""
    recipient: str = OWN

    def asks(self, *, brand_id: uuid.UUID, touchpoint: str, purpose: str, recipient: str) -> bool:
        """Whether these are the words of this very question."""
        mine = (self.brand_id, self.touchpoint, self.purpose, self.recipient)
        return mine == (brand_id, touchpoint, purpose, recipient)


def language_of(locale: str, *, default: str) -> Language:
    """The language of the words for a reader with this locale: `fr-CA` reads French, `de` what the brand speaks."""
    spoken = locale.replace("_", "-").split("-")[0].lower()
    return spoken if spoken in LANGUAGES else default  # type: ignore[return-value]


def show_words(
    *,
    now: datetime,
    brand: str | None = None,
    touchpoint: str | None = None,
    purpose: str | None = None,
    recipient: str | None = None,
    locale: str | None = None,
    version: int | None = None,
) -> Sequence[Words]:
    """The words of the questions that this brand may put at this touchpoint, in the language of a locale or in all.

    The newest of each, unless a version is named. Where data are passed on, there is a question for each recipient.
    They are kept, so that a yes may name them. Raises `BrandUnnamed`, `BrandUnidentified`, and the refusals of an
    address.
    """
    asker = find_brand(brand) if brand is not None else None
    if touchpoint is not None:
        check_touchpoint(touchpoint)
    if purpose is not None and db.get(Purpose, purpose) is None:
        raise PurposeUnknown
    spoken = locale and language_of(locale, default=asker.language if asker is not None else LANGUAGES[0])
    texts = db.all_of(queries.texts(now=now, purpose=purpose, locale=spoken, version=version))
    named = db.all_of(queries.recipients_of(asker.id)) if asker is not None else []
    if recipient is not None:
        named = [one for one in named if one.code == recipient]
        if not named:
            raise RecipientUnknown
    goals = {goal.code: goal for goal in db.all_of(queries.purposes())}
    words = [
        one
        for text in texts
        for one in _asked(text, goal=goals[text.purpose], brand=asker, touchpoint=touchpoint, recipients=named)
    ]
    keep_words(*words, now=now)
    return words


def _asked(
    text: PurposeText, *, goal: Purpose, brand: Brand | None, touchpoint: str | None, recipients: Sequence[Recipient]
) -> Iterator[Words]:
    if not text.addressed:
        yield unaddressed(text)
        return
    if brand is None or touchpoint is None:
        raise BrandUnnamed
    if knows_too_much(touchpoint, goal):
        return
    those = [one for one in recipients if one.purpose == goal.code] if goal.recipient_kind is not None else [None]
    yield from (fill_words(text, brand=brand, touchpoint=touchpoint, recipient=one) for one in those)


def find_words(sha256: str, *, cell: PermissionEvent | PermissionState | None = None) -> Words | None:
    """The words with this fingerprint, whatever replaced them since: those of one question, if its cell is named."""
    if cell is None:
        shown = db.first(select(ShownText).where(ShownText.sha256 == sha256))
    else:
        shown = db.get(ShownText, (sha256, cell.brand_id, cell.touchpoint, cell.recipient))
    if shown is not None:
        return as_shown(shown, db.get(PurposeText, (shown.purpose, shown.locale, shown.version)))
    text = db.first(queries.text_with(sha256))
    return None if text is None or text.addressed else unaddressed(text)


def words_read(
    text: PurposeText | None,
    shown: ShownText | None,
    *,
    brand: Brand | None,
    touchpoint: str,
    recipient: Recipient | None,
) -> Words | None:
    """The words that evidence names: kept ones by their fingerprint, else a text as it is shown for this question.

    None for a text with open places while nobody knows who asks.
    """
    if shown is not None:
        return as_shown(shown, text)
    if text is None or not text.addressed:
        return None if text is None else unaddressed(text)
    if brand is None or not brand.identified or touchpoint not in TOUCHPOINTS:
        return None
    return fill_words(text, brand=brand, touchpoint=touchpoint, recipient=recipient)


def keep_words(*words: Words, now: datetime) -> None:
    """Keep filled words, so that they can be shown again byte for byte; those that are kept stay as they are."""
    rows = [
        {name: getattr(one, name) for name in KEPT} | {"shown_at": now} for one in words if one.brand_id is not None
    ]
    if rows:
        db.execute(insert(ShownText).values(rows).on_conflict_do_nothing())


KEPT = ("sha256", "brand_id", "touchpoint", "purpose", "recipient", "locale", "version", "text")


def unaddressed(text: PurposeText) -> Words:
    """A text as it was published."""
    same = {name: getattr(text, name) for name in ("purpose", "locale", "version", "text", "sha256", "material")}
    return Words(**same, published_at=text.published_at)


def as_shown(shown: ShownText, text: PurposeText | None) -> Words:
    """Words that were kept, with what is known of the text they were made from."""
    if text is None:
        raise RuntimeError("words were shown of a text that never was")
    same = {name: getattr(shown, name) for name in KEPT}
    return Words(**same, published_at=text.published_at, material=text.material)


def fill_words(text: PurposeText, *, brand: Brand, touchpoint: str, recipient: Recipient | None) -> Words:
    """A published text as this brand's members read it. Raises `BrandUnidentified`."""
    require_identified(brand)
    language = language_of(text.locale, default=brand.language)
    facts = _facts(text, language, brand=brand, touchpoint=touchpoint, recipient=recipient)
    filled = PLACE.sub(lambda place: facts.get(place[1], place[0]), text.text)
    return unaddressed(text)._replace(
        text=filled,
        sha256=hashlib.sha256(filled.encode()).hexdigest(),
        brand_id=brand.id,
        touchpoint=touchpoint,
        recipient=recipient.code if recipient is not None else OWN,
    )


def require_identified(brand: Brand | None) -> None:
    """Refuse what only a brand may do that says who answers for it (GDPR 13(1)(a)). Raises `BrandUnidentified`."""
    if brand is None or not brand.identified:
        raise BrandUnidentified


def require_age(brand: Brand | None, member: Member | None) -> None:
    """Refuse a question of a brand that asks nobody whose age it does not know (GDPR 8). Raises `AgeUndeclared`."""
    if brand is not None and brand.requires_age and member is not None and member.age_declared_at is None:
        raise AgeUndeclared


def _facts(
    text: PurposeText, language: Language, *, brand: Brand, touchpoint: str, recipient: Recipient | None
) -> Mapping[str, str]:
    contact = str(brand.privacy_contact)
    facts: dict[str, Any] = {
        "brand": brand.name,
        "controller": brand.legal_name,
        "address": brand.postal_address,
        "contact": _OFFICER.say(language, {"contact": contact, "dpo": brand.dpo_contact})
        if brand.dpo_contact
        else contact,
        "touchpoint": TOUCHPOINTS[touchpoint].label.say(language),
        "data": say_data(data_of(purpose=text.purpose, touchpoint=touchpoint), language),
        "storage": ", ".join(_country(code, language) for code in config.current().storage_countries),
    }
    if recipient is not None:
        facts[PARTNER] = f"{recipient.name} ({_country(recipient.country, language)})"
    return facts


def _country(code: str, language: Language) -> str:
    name: str = Locale(language).territories.get(code, code)
    return name
