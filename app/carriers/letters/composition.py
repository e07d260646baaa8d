"""Letters are composed: words, a brand's own or ours, facts in their places, and what stands around them.

Words are not programs: a place is a name in braces, and nothing else happens in them.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from markupsafe import escape

from app.carriers import queries
from app.carriers.letters import gsm_alphabet, layout
from app.carriers.letters.kinds import LetterKind
from app.carriers.letters.layout import Block, BlockKind
from app.carriers.models import BrandLetter
from app.carriers.senders import WALLET, Sender
from app.languages import Language, Text
from app.sql import db

PLACE = re.compile(r"\{(\w+)\}")
BUTTON = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")
SPOKEN = Text(fr="{it}", en="{it}")


class Letter(NamedTuple):
    """What a mail says: always as plain text, and as HTML for who prefers it."""

    subject: str
    text: str
    html: str
    sender: Sender = WALLET


class Writing(NamedTuple):
    """In whose name, in which language and about what is written; a fact is said as readers of the language say it."""

    sender: Sender
    language: Language
    facts: Mapping[str, Any]

    def values(self) -> dict[str, str]:
        """What stands in each place."""
        said = {name: fact.say(self.language) if isinstance(fact, Text) else fact for name, fact in self.facts.items()}
        return {"brand": self.sender.name} | {name: SPOKEN.say(self.language, {"it": it}) for name, it in said.items()}


def compose_letter(kind: LetterKind, writing: Writing) -> Letter:
    """A letter of this kind, in the sender's own words if it has some."""
    sender, language, values = writing.sender, writing.language, writing.values()
    own = _own_words(kind, sender, language)
    words = own.text if own is not None and own.text else kind.text.outline(language)
    subject = own.subject if own is not None and own.subject else kind.subject.outline(language)
    blocks = [_block(paragraph, values) for paragraph in _paragraphs(words)]
    shown = [Block(BlockKind.MARKUP, _fill_markup(own.html, values))] if own is not None and own.html else blocks
    notice = kind.notice.say(language) if kind.notice is not None else ""
    return _letter(_filled(subject, values), blocks, shown, sender=sender, language=language, notice=notice)


def dress_text(subject: str, text: str, *, sender: Sender, language: Language) -> Letter:
    """A letter around words that are complete already."""
    blocks = [Block(BlockKind.WORDS, paragraph) for paragraph in _paragraphs(text)]
    return _letter(subject, blocks, blocks, sender=sender, language=language, notice="")


def compose_sms(kind: LetterKind, writing: Writing) -> str:
    """The text message of this kind. A code fits one part of 160 characters, and if the sender has a site, it is bound
    to it by the last line, so that phones fill it in there alone. Raises `LookupError` for a kind that has none.
    """
    sender, language, values = writing.sender, writing.language, writing.values()
    own = _own_words(kind, sender, language)
    if kind.sms is None:
        raise LookupError(f"{kind.code} is no text message")
    words = own.sms if own is not None and own.sms else kind.sms.outline(language)
    bound = (
        f"\n\n@{sender.web_domain} #{values['code'].replace(' ', '')}" if "code" in values and sender.web_domain else ""
    )
    if "code" not in values:
        return _filled(words, values) + bound
    values = {name: gsm_alphabet.to_gsm_letters(value) for name, value in values.items()}
    words = gsm_alphabet.to_gsm_letters(words)
    others = gsm_alphabet.count_gsm_letters(_filled(words, values | {"brand": ""}) + bound)
    values["brand"] = gsm_alphabet.shorten_to(values["brand"], gsm_alphabet.ONE_PART - others)
    return _filled(words, values) + bound


def _own_words(kind: LetterKind, sender: Sender, language: Language) -> BrandLetter | None:
    if sender.brand_id is None:
        return None
    return db.first(queries.brand_letter(sender.brand_id, kind.code, language))


def _letter(
    subject: str, blocks: list[Block], shown: list[Block], *, sender: Sender, language: Language, notice: str
) -> Letter:
    subject = " ".join(subject.split())  # one line: a subject ends no header
    signature = "\n".join(part for part in (sender.legal_name or sender.name, sender.postal_address) if part)
    text = "\n\n".join([*map(_plain, blocks), *filter(None, [notice])]) + f"\n\n-- \n{signature}\n"
    html = layout.write_markup(
        shown, sender=sender, language=language, subject=subject, notice=notice, signature=signature
    )
    return Letter(subject, text, html, sender)


def _paragraphs(words: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", words.strip()) if part.strip()]


def _block(paragraph: str, values: Mapping[str, str]) -> Block:
    button = BUTTON.fullmatch(paragraph)
    if button is not None:
        return Block(BlockKind.BUTTON, _filled(button[1], values), _filled(button[2], values))
    is_code = paragraph == "{code}"
    return Block(BlockKind.CODE if is_code else BlockKind.WORDS, _filled(paragraph, values))


def _plain(block: Block) -> str:
    return f"{block.text}\n{block.link}" if block.kind is BlockKind.BUTTON else block.text


def _filled(words: str, values: Mapping[str, str]) -> str:
    return PLACE.sub(lambda place: values[place[1]], words)


def _fill_markup(markup: str, values: Mapping[str, str]) -> str:
    return _filled(markup, {name: str(escape(value)) for name, value in values.items()})
