"""Text on the wire, as PostgreSQL and people can hold it, also between the slashes of an address: no NUL, no lone
surrogate, no surprise at the ends. Instants, and values by name. And marshmallow in our words: where it keeps English
sentences, a field of ours keeps complaints."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

import marshmallow as ma
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

from app import clock, complaints
from app.characters import SEEN_BY_NOBODY, remove_spaces, trim_ends
from app.complaints import Complaint

Rule = TypeVar("Rule")

SPACES = "[" + "".join(f"\\u{ord(sign):04x}" for sign in SEEN_BY_NOBODY) + "]*"
ENDS = r"[\t-\r]*"
"""What may stand around a text, as the patterns of the document say it: all other spaces are no control characters."""

MOST_ARTICLES = 1_000
"""How many articles, or categories of them, one list may name."""
MOST_PRODUCT_LISTS = 50
"""How many product lists one offer, rule or shelf may name."""


class Pattern(ma.validate.Regexp):
    """The whole text must match. Python's `$` alone lets a last line end pass, which the document's `$` does not."""

    def __init__(self, regex: str, wrong: Complaint = complaints.PATTERN) -> None:
        super().__init__(regex)
        self.wrong = wrong

    def __call__(self, value: Any) -> Any:
        """The value, or `ValidationError`."""
        if self.regex.fullmatch(value) is None:
            raise ma.ValidationError([self.complaint])
        return value

    @property
    def complaint(self) -> Complaint:
        """What is said of a text that does not match."""
        return self.wrong.with_facts(pattern=self.regex.pattern) if self.wrong is complaints.PATTERN else self.wrong


class LineField(ma.fields.String):
    """One line of text, without the spaces and line ends around it: `shortest` to `longest` characters, no control
    characters."""

    default_error_messages = {"unstorable": [complaints.UNSTORABLE_TEXT]}
    signs = r"[^\u0000-\u001f\u007f]*"
    wrong = complaints.CONTROL_SIGNS

    def __init__(self, *, longest: int, shortest: int = 1, **kwargs: Any) -> None:
        rules = [ma.validate.Length(shortest, longest), Pattern(f"^{self.signs}$", self.wrong)]
        metadata = {"pattern": f"^{ENDS}{self.signs}{ENDS}$"} | kwargs.pop("metadata", {})
        super().__init__(validate=rules, metadata=metadata, **kwargs)
        self.whole = word_rule(ma.validate.Length(max=longest))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        self.whole(text)  # before its ends are trimmed, as the document says
        # JSON can spell half a surrogate pair; Python keeps it, and neither UTF-8 nor PostgreSQL can.
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self.make_error("unstorable")
        return trim_ends(text)


class OneTimeCodeField(ma.fields.String):
    """Six digits, or as many as `digits` says, however they are grouped: people read them out, and mails show them,
    three by three."""

    def __init__(self, *, digits: Sequence[int] = (6,)) -> None:
        bare = "|".join(f"[0-9]{{{count}}}" for count in digits)
        grouped = "|".join(f"(?:{SPACES}-?{SPACES}[0-9]){{{count}}}" for count in digits)
        complaint = complaints.NOT_SIX_DIGITS if len(digits) == 1 else complaints.NOT_A_ONE_TIME_CODE
        super().__init__(
            required=True,
            validate=Pattern(f"^(?:{bare})$", complaint),
            metadata={"pattern": f"^(?:{grouped}){SPACES}$", "example": "123456"},
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return remove_spaces(super()._deserialize(value, attr, data, **kwargs)).replace("-", "")


class Prose(LineField):
    """Text of several lines, trimmed; the only control characters are tabs and line ends."""

    signs = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*"


class CategoryPath(LineField):
    """A category of articles, from broad to narrow."""

    signs = r"[^/\u0000-\u001f\u007f]+(/[^/\u0000-\u001f\u007f]+)*"
    wrong = complaints.PATTERN


def category_paths(**options: Any) -> Any:
    """Some categories of articles, none when left out."""
    path = CategoryPath(longest=200, metadata={"example": "food/dairy"})
    return ma.fields.List(path, validate=ma.validate.Length(max=MOST_ARTICLES), load_default=list, **options)


LIST_CODE = Pattern(r"^[a-z0-9][a-z0-9_-]{0,39}$", complaints.NOT_A_CODE)
"""What a list of articles is called by those who name it."""


def product_lists(*, load_default: Any = list) -> Any:
    """Some lists of articles by their codes, none when left out."""
    most = ma.validate.Length(max=MOST_PRODUCT_LISTS)
    return ma.fields.List(ma.fields.String(validate=LIST_CODE), validate=most, load_default=load_default)


class Instant(ma.fields.AwareDateTime):
    """An RFC 3339 instant with its offset, whose `T` and `Z` may be small; read and answered in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        said = value.upper() if isinstance(value, str) else value
        found: datetime = super()._deserialize(said, attr, data, **kwargs)
        try:
            return clock.in_utc(found)
        except ValueError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else clock.write_instant(value)


class Segment(UnicodeConverter):
    """Text between two slashes of an address, without control characters: PostgreSQL cannot hold a NUL, and nobody
    types the others. Else 404."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **kwargs)
        self.regex = self.regex.replace("[^/]", "[^/\\x00-\\x1f\\x7f]")


class Number(IntegerConverter):
    """A whole number between two slashes of an address, which a column of PostgreSQL can hold. Else 404.

    The bound is in the pattern: one that is looked at after the pattern makes Werkzeug say 405 to a write.
    """

    regex = r"\d{1,9}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=999_999_999)


class Values(ma.fields.Dict):
    """An object of values by name: texts, numbers, yes or no, nothing, lists of these, or such an object again."""

    component = "Values"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=ma.fields.String(), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        read = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        rest: list[Any] = list(read.values())
        while rest:
            one = rest.pop()
            if isinstance(one, list) and any(isinstance(item, list) for item in one):
                raise self.make_error("invalid")
            if isinstance(one, list | dict):
                rest += one.values() if isinstance(one, dict) else one
        return read


class Counts(ma.fields.Dict):
    """An object of whole numbers by name."""

    component = "Counts"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=ma.fields.String(), values=ma.fields.Integer(), **kwargs)


class Tables(ma.fields.Dict):
    """An object of lists of rows by the name of their table."""

    component = "Tables"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=ma.fields.String(), values=ma.fields.List(Values()), **kwargs)


MESSAGES: dict[type, dict[str, Complaint]] = {
    ma.fields.Field: {
        "required": complaints.MISSING,
        "null": complaints.NULL,
        "validator_failed": complaints.INVALID,
    },
    ma.fields.String: {"invalid": complaints.NOT_TEXT, "invalid_utf8": complaints.NOT_TEXT},
    ma.fields.UUID: {"invalid_uuid": complaints.NOT_AN_ID},
    ma.fields.Number: {"invalid": complaints.NOT_A_NUMBER, "too_large": complaints.NOT_A_NUMBER},
    ma.fields.Integer: {"invalid": complaints.NOT_AN_INTEGER, "too_large": complaints.NOT_AN_INTEGER},
    ma.fields.Float: {"special": complaints.NOT_A_NUMBER},
    ma.fields.Boolean: {"invalid": complaints.NOT_A_BOOLEAN},
    ma.fields.DateTime: dict.fromkeys(("invalid", "invalid_awareness", "format"), complaints.NOT_AN_INSTANT),
    ma.fields.Date: dict.fromkeys(("invalid", "invalid_awareness", "format"), complaints.NOT_A_DATE),
    ma.fields.List: {"invalid": complaints.NOT_A_LIST},
    ma.fields.Mapping: {"invalid": complaints.NOT_AN_OBJECT},
    ma.fields.Nested: {"type": complaints.NOT_AN_OBJECT},
}
"""What each kind of field complains of, by marshmallow's own names; a kind of field also has those of its parents."""


class Explanation:
    """Stands where a rule of marshmallow's keeps its sentence: what it is made into is a complaint."""

    def __init__(self, rule: Any) -> None:
        self.rule = rule

    def format(self, *, input: Any, **_: Any) -> list[Complaint]:
        """What is wrong with `input`, as `ValidationError` takes it."""
        return [explain_rule(self.rule, input)]


def word_field(field: ma.fields.Field[Any]) -> None:
    """Give a field, its rules, and the fields inside it our complaints in place of marshmallow's sentences."""
    words: dict[str, Complaint] = {}
    for kind in reversed(type(field).__mro__):
        words |= MESSAGES.get(kind, {})
    if isinstance(field, ma.fields.Enum):
        words["unknown"] = complaints.NOT_ONE_OF.with_facts(allowed=[one.value for one in field.enum])
    said: dict[str, Any] = field.error_messages
    field.error_messages = {
        key: [words[key]] if isinstance(message, str) and key in words else message for key, message in said.items()
    }
    for rule in field.validators:
        word_rule(rule)
    if isinstance(field, ma.fields.List):
        _count_first(field)
    for inner in inner_fields(field):
        word_field(inner)


def _count_first(field: ma.fields.List[Any]) -> None:
    """Let a list be refused for its length before each of its items is looked at: 80,000 fit into a small body."""
    read_items = field._deserialize
    lengths = [rule for rule in field.validators if isinstance(rule, ma.validate.Length)]

    def read_counted(value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        for rule in lengths if isinstance(value, list) else ():
            rule(value)
        return read_items(value, attr, data, **kwargs)

    field._deserialize = read_counted  # type: ignore[method-assign]


def word_rule(rule: Rule) -> Rule:
    """The rule, with our complaint in place of its sentence; those that are ours have it already."""
    if isinstance(rule, ma.validate.Range | ma.validate.Length | ma.validate.OneOf | ma.validate.Equal):
        rule.error = Explanation(rule)  # type: ignore[assignment]
    return rule


def inner_fields(field: ma.fields.Field[Any]) -> Iterator[ma.fields.Field[Any]]:
    """The fields of what a list or an object holds."""
    for name in ("inner", "key_field", "value_field"):
        inner = getattr(field, name, None)
        if inner is not None:
            yield inner


def explain_rule(rule: Any, value: Any) -> Complaint:
    """What this rule has against this value."""
    match rule:
        case ma.validate.Range():
            lower, upper = "min" if rule.min_inclusive else "above", "max" if rule.max_inclusive else "below"
            bounds = {lower: rule.min, upper: rule.max}
            return complaints.out_of_range(**{name: bound for name, bound in bounds.items() if bound is not None})
        case ma.validate.Length():
            least, most = (rule.min, rule.max) if rule.equal is None else (rule.equal, rule.equal)
            short, long = (
                (complaints.TOO_SHORT, complaints.TOO_LONG)
                if isinstance(value, str)
                else (complaints.TOO_FEW, complaints.TOO_MANY)
            )
            return (
                short.with_facts(min=least) if least is not None and len(value) < least else long.with_facts(max=most)
            )
        case ma.validate.OneOf():
            return complaints.NOT_ONE_OF.with_facts(allowed=list(rule.choices))
        case ma.validate.Equal():
            return complaints.NOT_ONE_OF.with_facts(allowed=[rule.comparable])
    return complaints.INVALID
