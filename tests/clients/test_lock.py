"""What is installed for the generators is known to the byte, and comes from wherever whoever installs it says."""

import json
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent / "package-lock.json"


def packages() -> dict[str, dict[str, Any]]:
    return {name: said for name, said in json.loads(LOCK.read_text())["packages"].items() if name}


def test_the_lock_names_no_address() -> None:
    assert [name for name, said in packages().items() if "resolved" in said] == []


def test_every_package_has_its_hash() -> None:
    assert [name for name, said in packages().items() if not said.get("integrity", "").startswith("sha512-")] == []


def test_every_wish_has_one_version() -> None:
    wished = json.loads((LOCK.parent / "package.json").read_text())["devDependencies"]
    assert {name: packages()[f"node_modules/{name}"]["version"] for name in wished} == wished
