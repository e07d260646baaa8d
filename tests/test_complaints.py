"""What is wrong with a value: closed codes with their bounds, in the reader's language, whoever refuses it."""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import marshmallow as ma
import pytest

from app import complaints
from app.complaints import COMPLAINTS, Complaint
from app.factory import Ici
from app.http.fields import Explanation, Pattern, inner_fields
from app.http.reading import In, pointers
from app.languages import Language, Text
from tests.factories import make_member, member_token
from tests.speaking import Speaker

ROOT = Path(__file__).parent.parent
SOURCES = [file for room in ("app", "geo", "wallet", "offers") for file in sorted((ROOT / room).rglob("*.py"))]
WORDED = (ma.validate.Range, ma.validate.Length, ma.validate.OneOf, ma.validate.Equal)


def shapes(family: type[ma.Schema] = In) -> Iterator[type[ma.Schema]]:
    """Everything that we are sent."""
    for shape in family.__subclasses__():
        yield shape
        yield from shapes(shape)


def fields(shape: type[ma.Schema]) -> Iterator[ma.fields.Field[Any]]:
    """Its fields, and those inside them."""
    waiting = list(shape().fields.values())
    while waiting:
        yield (field := waiting.pop())
        waiting += inner_fields(field)


def test_every_field_that_is_sent_complains_in_our_words(app: Ici) -> None:
    silent = {
        f"{shape.__name__}.{field.name}: {key}"
        for shape in shapes()
        for field in fields(shape)
        for key, said in field.error_messages.items()
        if not (isinstance(said, list) and all(isinstance(one, Complaint) for one in said))
    }
    assert silent == set()


def test_every_rule_of_a_field_complains_in_our_words(app: Ici) -> None:
    silent = {
        f"{shape.__name__}.{field.name}: {rule}"
        for shape in shapes()
        for field in fields(shape)
        for rule in field.validators
        if type(rule).__module__ == "marshmallow.validate"
        and not (isinstance(rule, WORDED) and isinstance(rule.error, Explanation))
    }
    assert silent == set()


def english(text: str) -> Iterator[int]:
    """Where a validator says a sentence of its own; names of fields are none."""
    for call in ast.walk(ast.parse(text)) if "ValidationError" in text else ():
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) == "ValidationError":
            names = {key for part in ast.walk(call) if isinstance(part, ast.Dict) for key in part.keys}
            said = [part for part in ast.walk(call.args[0]) if isinstance(part, ast.Constant | ast.JoinedStr)]
            yield from (part.lineno for part in said if part not in names)


def test_no_validator_says_a_sentence_that_nobody_translates() -> None:
    found = [f"{file.relative_to(ROOT)}:{line}" for file in SOURCES for line in english(file.read_text())]
    assert found == []


def test_the_search_for_such_sentences_finds_them() -> None:
    planted = 'def f():\n raise ma.ValidationError("No.")\n raise ValidationError({"a": ["No."], "b": [NO]})\n raise NO'
    assert list(english(planted)) == [2, 3]


def test_what_nobody_worded_is_still_said_in_both_languages() -> None:
    assert [one.complaint.code for one in pointers({"json": {"a": ["In English only."]}})] == ["invalid"]


def test_every_complaint_of_the_list_stands_in_the_document(anyone: Speaker) -> None:
    published = anyone.get("/openapi.json").get_json()["components"]["schemas"]["ComplaintCode"]["enum"]
    assert published == sorted(COMPLAINTS)


def test_a_code_has_one_sentence() -> None:
    with pytest.raises(ValueError, match="missing"):
        complaints.declare_complaint("missing", Text(fr="Il manque.", en="It lacks."))


def facts_of(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(sentence)}


def test_no_constant_is_said_twice_so_that_the_second_hides_the_first() -> None:
    for file in SOURCES:
        named = [target.id for target in constants(ast.parse(file.read_text()))]
        assert len(named) == len(set(named)), (file, sorted({name for name in named if named.count(name) > 1}))


def constants(module: ast.Module) -> Iterator[ast.Name]:
    """What a module names at its root by plain assignments."""
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            yield from (target for target in statement.targets if isinstance(target, ast.Name))


def test_both_languages_tell_the_same_facts() -> None:
    texts = {code: complaint.text for code, complaint in COMPLAINTS.items()}
    assert [code for code, text in texts.items() if facts_of(text.fr) != facts_of(text.en) or text.fr == text.en] == []


class InsideIn(In):
    x = ma.fields.Float(required=True)


class SentIn(In):
    name = ma.fields.String(validate=ma.validate.Length(2, 4))
    one = ma.fields.String(validate=ma.validate.Length(1))
    count = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 9))
    more = ma.fields.Integer(strict=True, validate=ma.validate.Range(min=0, min_inclusive=False))
    less = ma.fields.Float(validate=ma.validate.Range(max=5, max_inclusive=False))
    kind = ma.fields.String(validate=ma.validate.OneOf(["a", "b"]))
    agrees = ma.fields.Boolean(validate=ma.validate.Equal(True))
    code = ma.fields.String(validate=Pattern("^[a-z]+$"))
    day = ma.fields.Date(validate=ma.validate.Range(min=date(2026, 5, 1)))
    at = ma.fields.AwareDateTime(format="iso")
    id = ma.fields.UUID()
    several = ma.fields.List(
        ma.fields.Integer(strict=True, validate=ma.validate.Range(max=3)), validate=[ma.validate.Length(1, 2)]
    )
    by_name = ma.fields.Dict(
        keys=ma.fields.String(validate=ma.validate.Length(max=2)), values=ma.fields.Integer(strict=True)
    )
    inside = ma.fields.Nested(InsideIn)


@pytest.mark.parametrize(
    ("sent", "told", "fr", "en"),
    [
        (
            {"name": "x"},
            ("/name", "too_short", {"min": 2}),
            "Il faut au moins 2 caractères.",
            "It needs at least 2 characters.",
        ),
        (
            {"one": ""},
            ("/one", "too_short", {"min": 1}),
            "Il faut au moins 1 caractère.",
            "It needs at least 1 character.",
        ),
        (
            {"name": "xxxxx"},
            ("/name", "too_long", {"max": 4}),
            "Il faut au plus 4 caractères.",
            "It takes at most 4 characters.",
        ),
        ({"name": 5}, ("/name", "not_text", {}), "Il faut un texte.", "It must be text."),
        ({"name": None}, ("/name", "null", {}), "Cette valeur ne peut pas être nulle.", "This value cannot be null."),
        (
            {"count": 0},
            ("/count", "out_of_range", {"min": 1, "max": 9}),
            "Il faut une valeur de 1 à 9.",
            "It must be from 1 to 9.",
        ),
        ({"count": "x"}, ("/count", "not_an_integer", {}), "Il faut un nombre entier.", "It must be a whole number."),
        (
            {"more": 0},
            ("/more", "out_of_range", {"above": 0}),
            "Il faut une valeur de plus de 0.",
            "It must be more than 0.",
        ),
        (
            {"less": 5},
            ("/less", "out_of_range", {"below": 5}),
            "Il faut une valeur de moins de 5.",
            "It must be less than 5.",
        ),
        ({"less": "x"}, ("/less", "not_a_number", {}), "Il faut un nombre.", "It must be a number."),
        (
            {"kind": "c"},
            ("/kind", "not_one_of", {"allowed": ["a", "b"]}),
            "Il faut l'une de ces valeurs : a, b.",
            "It must be one of: a, b.",
        ),
        (
            {"agrees": False},
            ("/agrees", "not_one_of", {"allowed": [True]}),
            "Il faut l'une de ces valeurs : true.",
            "It must be one of: true.",
        ),
        ({"agrees": "perhaps"}, ("/agrees", "not_a_boolean", {}), "Il faut vrai ou faux.", "It must be true or false."),
        (
            {"code": "A"},
            ("/code", "pattern", {"pattern": "^[a-z]+$"}),
            "Cette valeur n'a pas la forme attendue.",
            "This value does not have the expected form.",
        ),
        (
            {"day": "soon"},
            ("/day", "not_a_date", {}),
            "Il faut une date, comme 2026-05-18.",
            "It must be a date, such as 2026-05-18.",
        ),
        (
            {"day": "2026-04-30"},
            ("/day", "out_of_range", {"min": "2026-05-01"}),
            "Il faut une date à partir du 1er mai 2026.",
            "It must be a date from 1 May 2026 on.",
        ),
        ({"id": "me"}, ("/id", "not_an_id", {}), "Il faut un identifiant (UUID).", "It must be an id (UUID)."),
        (
            {"several": [1, 9]},
            ("/several/1", "out_of_range", {"max": 3}),
            "Il faut une valeur d'au plus 3.",
            "It must be at most 3.",
        ),
        (
            {"several": []},
            ("/several", "too_few", {"min": 1}),
            "Il faut au moins 1 élément.",
            "It needs at least 1 item.",
        ),
        (
            {"several": [1, 1, 1]},
            ("/several", "too_many", {"max": 2}),
            "Il faut au plus 2 éléments.",
            "It takes at most 2 items.",
        ),
        ({"several": 1}, ("/several", "not_a_list", {}), "Il faut une liste.", "It must be a list."),
        (
            {"by_name": {"a": "x"}},
            ("/by_name/a/value", "not_an_integer", {}),
            "Il faut un nombre entier.",
            "It must be a whole number.",
        ),
        (
            {"by_name": {"abc": 1}},
            ("/by_name/abc/key", "too_long", {"max": 2}),
            "Il faut au plus 2 caractères.",
            "It takes at most 2 characters.",
        ),
        ({"inside": {}}, ("/inside/x", "missing", {}), "Cette valeur est nécessaire.", "This value is needed."),
        ({"inside": 1}, ("/inside", "not_an_object", {}), "Il faut un objet JSON.", "It must be a JSON object."),
        (
            {"inside": {"x": 1, "y": 1}},
            ("/inside/y", "unknown_field", {}),
            "Ce champ n'existe pas.",
            "There is no such field.",
        ),
        ([], ("", "not_an_object", {}), "Il faut un objet JSON.", "It must be a JSON object."),
    ],
)
def test_a_value_is_refused_with_its_code_its_bounds_and_a_sentence(
    sent: Any, told: tuple[str, str, dict[str, Any]], fr: str, en: str
) -> None:
    with pytest.raises(ma.ValidationError) as refusal:
        SentIn().load(sent)
    [(pointer, complaint)] = pointers({"json": refusal.value.messages})
    spoken: dict[Language, str] = {"fr": fr, "en": en}
    for language, sentence in spoken.items():
        assert complaint.say(language) == {"code": told[1], "detail": sentence, **told[2]}
    assert pointer == told[0]


def test_an_instant_without_its_offset_is_shown_one() -> None:
    with pytest.raises(ma.ValidationError) as refusal:
        SentIn().load({"at": "2026-05-18T09:00:00"})
    [(_, complaint)] = pointers({"json": refusal.value.messages})
    assert complaint is complaints.NOT_AN_INSTANT


@pytest.mark.parametrize(
    ("language", "detail"), [("fr", "Il faut l'une de ces valeurs : fr, en."), ("en", "It must be one of: fr, en.")]
)
def test_details_come_in_the_readers_language(anyone: Speaker, language: str, detail: str) -> None:
    member = anyone.with_token(member_token(make_member()))
    answer = member.put("/v1/me", {"language": "de"}, headers={"Accept-Language": language})
    assert answer.get_json()["errors"] == [
        {"pointer": "/language", "code": "not_one_of", "detail": detail, "allowed": ["fr", "en"]}
    ]
