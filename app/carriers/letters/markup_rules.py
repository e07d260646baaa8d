"""What the HTML of a brand's letter may hold: words and their looks. Nothing that is fetched, sent or run.

Refused instead of repaired: whoever writes it sees at once what would not have arrived.
"""

import re
from html.parser import HTMLParser

from app.carriers.errors import LetterWordsWrong

ELEMENTS = frozenset(
    {"a", "b", "blockquote", "br", "div", "em", "h1", "h2", "h3", "hr", "i", "li", "ol", "p", "small", "span", "strong"}
    | {"table", "tbody", "td", "th", "thead", "tr", "u", "ul"}
)
EMPTY = frozenset({"br", "hr"})
ATTRIBUTES = frozenset({"align", "colspan", "dir", "href", "lang", "role", "rowspan", "style", "valign", "width"})
TARGET = re.compile(r"\{link\}|(https://|mailto:|tel:)[^\s{}]+")
STYLE = re.compile(r"[\w\s#%.,;:!'-]*")
"""Without brackets there is no `url()`, so nothing is fetched."""
LOOKS = re.compile(
    r"(color|background(-color)?|border(-[a-z]+)*|font(-[a-z]+)?|letter-spacing|line-height|margin(-[a-z]+)?"
    r"|max-width|padding(-[a-z]+)?|text-[a-z]+|vertical-align|width)"
)


def check_markup(html: str) -> None:
    """Raise `LetterWordsWrong` with the first thing that a letter cannot hold."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.open:
        raise LetterWordsWrong(f"<{reader.open[-1]}> is not closed.")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)  # so that `&lt;` is told from `<`
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            raise LetterWordsWrong(f"<{tag}> is not allowed. There are: {', '.join(sorted(ELEMENTS))}.")
        for name, value in attrs:
            _check_attribute(tag, name, value or "")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY:
            raise LetterWordsWrong(f"<{tag}/> closes nothing: write <{tag}></{tag}>.")
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in EMPTY:
            return
        if not self.open or self.open.pop() != tag:
            raise LetterWordsWrong(f"</{tag}> closes nothing.")

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise LetterWordsWrong("Write &lt; for <.")

    def handle_comment(self, data: str) -> None:
        raise LetterWordsWrong("Comments are not allowed: some mail programs run what they hold.")

    def handle_decl(self, decl: str) -> None:
        raise LetterWordsWrong("Only what stands in the middle of a letter is yours: no <!doctype>, <html> or <head>.")

    def unknown_decl(self, data: str) -> None:
        raise LetterWordsWrong("<![ is not allowed.")

    def handle_pi(self, data: str) -> None:
        raise LetterWordsWrong("<? is not allowed.")


def _check_attribute(tag: str, name: str, value: str) -> None:
    if name not in ATTRIBUTES or (name == "href" and tag != "a"):
        raise LetterWordsWrong(f"{name} of <{tag}> is not allowed.")
    if name == "href" and TARGET.fullmatch(value) is None:
        raise LetterWordsWrong(f"A link must be {{link}}, https://, mailto: or tel:, not {value}.")
    if name == "style":
        looks = [look.partition(":")[0].strip().lower() for look in value.split(";") if look.strip()]
        wrong = [look for look in looks if LOOKS.fullmatch(look) is None]
        if wrong or STYLE.fullmatch(value) is None:
            raise LetterWordsWrong(f"style of <{tag}> cannot hold {(wrong or ['brackets'])[0]}.")
    elif name != "href" and "{" in value:
        raise LetterWordsWrong(f"{name} of <{tag}> cannot hold a place.")
