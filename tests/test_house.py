"""The rules of the house (docs/house.md) that a machine can hold: names to guess by, folders that can be read."""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOPS = ("app", "geo", "wallet", "offers")
FILES = sorted(file for top in TOPS for file in (ROOT / top).rglob("*.py"))
FIXED = {
    "__init__",
    *("models", "queries", "errors", "schemas", "routes", "pages", "jobs", "commands", "findings"),
    *("on_permission", "on_merge", "on_pass", "on_reward", "on_late_act", "on_product_list", "portability"),
}
MOST_NOUNS = 12
MOST_LINES_OF_A_FIXED_KIND = 350
GERUNDS_THAT_ARE_NOUNS = {
    *("earning", "spending", "pricing", "ranking", "scanning", "stacking", "wording", "housekeeping", "deciding"),
    *("planning", "reading", "standing", "learning", "hearing", "clearing"),
}
"""Words of the trade, or of everybody, that name a thing and not somebody's doing. Read this list when it grows."""
NEVER = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "managers", "tools", "shared"}
VERBS = """
accept add adjust answer apply approve ask award bring capture carry change check confirm count decide declare
delete draft earn erase extend find forget get give grant handle hold issue judge keep let look make mark mend
move note offer open oppose permit post process prove publish put quote record refuse register release remove
report restrict return revoke run save seal send settle share show sign simulate spend start stop sweep take
tell unite use verify weigh withdraw write
"""
"""Verbs that say nothing without their object."""
PROTOCOLS = {"follow", "merge", "split", "restore", "give", "promotions", "purchases"}
"""What the factory finds by its name in a room's `on_…` and `portability` files."""


@cache
def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def public(file: Path, kind: str) -> list[str]:
    """The public names that a file gives to its classes (`class`) or its functions (`def`)."""
    return re.findall(rf"^{kind} ([^\W_]\w*)", text_of(file), re.MULTILINE)


def decorated(file: Path) -> set[str]:
    """The names of its decorated functions."""
    body = ast.parse(text_of(file)).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef) and node.decorator_list}


def test_modules_and_folders_are_nouns() -> None:
    names = {file.stem for file in FILES} | {file.parent.name for file in FILES}
    gerunds = {name for name in names if re.fullmatch(r"\w+ing", name)} - GERUNDS_THAT_ARE_NOUNS
    assert gerunds == set()


def test_no_module_is_called_by_a_word_that_says_nothing() -> None:
    assert [str(file) for file in FILES if file.stem in NEVER or file.parent.name in NEVER] == []


def test_no_public_class_name_stands_twice() -> None:
    where = defaultdict(set)
    for file in FILES:
        if file.name != "schemas.py":
            for name in public(file, "class"):
                where[name].add(str(file.relative_to(ROOT)))
    assert {name: files for name, files in where.items() if len(files) > 1} == {}


def test_no_public_function_is_a_bare_verb() -> None:
    bare = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in FILES
        if file.stem not in {"routes", "pages", "commands", "jobs", "db"} and file.parent.name != "commands"
        for name in public(file, "def")
        if name in set(VERBS.split()) - (PROTOCOLS if file.stem in FIXED else set())
    ]
    assert bare == []


def test_no_folder_holds_more_nouns_than_one_can_read() -> None:
    nouns = defaultdict(list)
    for file in FILES:
        if file.stem not in FIXED:
            nouns[str(file.parent.relative_to(ROOT))].append(file.stem)
    assert {folder: names for folder, names in nouns.items() if len(names) > MOST_NOUNS} == {}


def test_a_fixed_kind_that_grows_too_long_asks_for_a_room_of_its_own() -> None:
    lines = {str(file.relative_to(ROOT)): file.read_text().count("\n") for file in FILES if file.stem in FIXED}
    assert {file: count for file, count in lines.items() if count > MOST_LINES_OF_A_FIXED_KIND} == {}


UNCALLED = {
    "match_offers": "what phones do with a bundle: a reference for apps",
    "is_bundle_signed": "what phones ask before they believe a bundle",
    "spend_code": "tills will spend points by it",
    "segments_of": "deciding will ask of which segments a member is",
    "find_fences": "presence will ask which fences a fix is in",
    "read_fences": "presence will ask which fences a phone speaks of",
    "fences_of_stores": "plans of phones and bundles will ask what to watch",
    "shares_of": "deciding will ask how much is sold of an offer's articles",
    "activate_credit": "a verb of the ledger that no door opens yet",
    "cancel_pending": "a verb of the ledger that no door opens yet",
    "capture_hold": "a verb of the ledger: sales capture in books that are open together",
    "quote_awards": "what a basket would earn, without a sale",
    "add_tastes": "what counts do that are added: how the tests show that two tastes become one",
    "favourite_of": "why an offer goes with a taste, for whoever explains an order",
    "guess_store": "measured by `make bench-relevance`; for whoever plans for a visit that is to come",
    "patterns_for_google": "Google passes will show them",
    "queue_message": "campaigns will ask for messages",
    "rebuild_projection": "the ledger is the truth: how the tests, and an operator at a console, show it",
    "suppress_address": "an address of nobody whom we know; the importer of oppositions will call it",
    "advertised_ibeacon": "presence will name what phones heard",
    "note_heard": "presence will count who heard a beacon",
    "open_telemetry": "no phone passes sealed telemetry on yet",
    "recognise_beacons": "presence will ask which beacons were heard",
    "resolve_tag": "whoever scans a tag will ask where it leads",
    "who_changed": "passes of wallets will ask of which members their places are out of date",
    "write_euro_coupon": "whoever issues such a coupon writes it",
}
"""What nobody calls and why it stands. Read this list when it grows."""


def test_every_public_function_is_called_by_somebody() -> None:
    """Views, jobs and commands are called by the web, the clock and the operator; protocols by the factory."""
    text = "\n".join(text_of(file) for file in [*FILES, ROOT / "wsgi.py"])
    uses = defaultdict(int)
    for word in re.findall(r"\w+", text):
        uses[word] += 1
    dead = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in FILES
        if file.stem not in {"routes", "pages", "commands", "jobs"}
        for name in public(file, "def")
        if uses[name] < 2 and name not in {*PROTOCOLS, *UNCALLED} and name not in decorated(file)
    ]
    assert dead == []


LEANING = re.compile(r"The same(?! (code|purchase|file|sale|member|key|card|fact)\b)|One of (them|these)\b|Likewise\b")


def test_a_docstring_stands_alone() -> None:
    leaning = [
        f"{file.relative_to(ROOT)}: {node.name}"
        for file in FILES
        if re.search(rf"[\"']\s*({LEANING.pattern})", text_of(file))  # else there is nothing to parse
        for node in ast.walk(ast.parse(text_of(file)))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and LEANING.match(ast.get_docstring(node) or "")
    ]
    assert leaning == []
