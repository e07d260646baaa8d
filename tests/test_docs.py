"""What the pages say is so: addresses, commands, settings and links exist."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.data_map import LABELS, RETENTION
from tests.documented import in_full
from tests.speaking import Speaker

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
METHODS = "GET|POST|PUT|DELETE"

every_page = pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])


@pytest.fixture(scope="module")
def operations(app: Any) -> dict[str, dict[str, Any]]:
    """`METHOD /path` → the operation in the document. Names in braces do not matter."""
    document = Speaker(app.test_client()).get("/openapi.json").get_json()
    return {
        f"{method.upper()} {nameless(path)}": in_full(document, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict)
    }


def nameless(path: str) -> str:
    return re.sub(r"{\w+}", "{}", path)


def calls_in(text: str) -> set[str]:
    found = re.findall(rf"\b({METHODS}) (/v1/[\w/{{}}-]+(?:\.\w+)?)", text)
    return {f"{method} {nameless(path)}" for method, path in found}


@every_page
def test_every_call_that_a_page_names_exists(page: Path, operations: dict[str, dict[str, Any]]) -> None:
    assert calls_in(page.read_text()) <= operations.keys()


@every_page
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@every_page
def test_every_task_that_a_page_names_is_in_the_makefile(page: Path) -> None:
    tasks = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", page.read_text())) <= tasks


@every_page
def test_every_setting_that_a_page_names_is_read_somewhere(page: Path) -> None:
    code = "".join(file.read_text() for file in (ROOT / "app").rglob("*.py"))
    assert [name for name in re.findall(r"`(ICI_\w+)`", page.read_text()) if f'"{name}"' not in code] == []


def test_the_page_for_operators_names_every_setting_that_can_be_missing() -> None:
    page, config = (ROOT / "docs" / "operations.md").read_text(), Path(Config.load.__code__.co_filename).read_text()
    assert [name for name in set(re.findall(r'"(ICI_\w+)"', config)) if f"`{name}`" not in page] == []


def test_the_page_for_apps_names_exactly_the_writes_that_take_no_key(operations: dict[str, dict[str, Any]]) -> None:
    section = (ROOT / "docs" / "api.md").read_text().partition("These writes take no key")[2].partition("\n## ")[0]
    without = {
        call
        for call, operation in operations.items()
        if not call.startswith("GET")
        and "Idempotency-Key" not in [parameter.get("name") for parameter in operation.get("parameters", [])]
    }
    assert calls_in(section) == without


def test_the_page_of_permissions_says_how_long_each_class_is_kept() -> None:
    page = (ROOT / "docs" / "permissions.md").read_text()
    rows = [f"| `{kind}` | {LABELS[kind].en} | {kept.say('en')} | {kept.basis} |" for kind, kept in RETENTION.items()]
    assert [row for row in rows if row not in page] == []
