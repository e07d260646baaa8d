"""The contracts of pyproject.toml see what they are for: a fault is planted for each, and each says so."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

FAULTS = {
    "The house, from the roof to the ground": ("app/consent/queries.py", "from wallet.cards import models as planted"),
    "No two neighbours in a circle": (
        "app/consent/registry/touchpoints.py",
        "from app.consent import matrix as planted",
    ),
    "Offers: deciding asks about coupons, a coupon comes from a plan": (
        "offers/planning/drafts.py",
        "from offers.coupons import claims as planted",
    ),
    "Wallet: points are in a ledger, a scan reads cards, a card has a pass": (
        "wallet/passes/directory.py",
        "from wallet.points import earning as planted",
    ),
    "Every room: doors, then shapes, then verbs (unnamed), then questions, then tables and refusals": (
        "wallet/ledger/errors.py",
        "from wallet.ledger import queries as planted",
    ),
    "Only doors know the web": ("wallet/points/earning.py", "import flask as planted"),
    "Nobody imports a door": ("wallet/points/spending.py", "from wallet.points import jobs as planted"),
    "Only geo speaks PostGIS": ("offers/coupons/claims.py", "import geoalchemy2 as planted"),
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The contracts that are broken in a copy of the house with every fault in it."""
    copy = tmp_path_factory.mktemp("house")
    for top in ("app", "geo", "wallet", "offers"):
        shutil.copytree(ROOT / top, copy / top, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for file, line in FAULTS.values():
        place = copy / file
        place.write_text(f"{place.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    call = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    told = subprocess.run(
        [*call, "--no-cache"],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy), "COLUMNS": "300"},
        capture_output=True,
        text=True,
    ).stdout
    plain = re.sub(r"\x1b\[[0-9;]*m", "", told)
    return {name for name in FAULTS if re.search(re.escape(name) + r"\s+BROKEN", re.sub(r"\s+", " ", plain))}


def test_every_contract_has_its_fault() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert {contract["name"] for contract in contracts} == set(FAULTS)


@pytest.mark.parametrize("contract", FAULTS)
def test_a_contract_sees_its_fault(contract: str, broken: set[str]) -> None:
    assert contract in broken
