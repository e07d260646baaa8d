"""The wheel holds all that the code reads: what a checkout has beside it, a package has too."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent.parent
TOPS = ("app", "geo", "wallet", "offers", "migrations")
BUILT_FROM = (*TOPS, "wsgi.py", "pyproject.toml", "README.md", "LICENSE")

pytestmark = pytest.mark.slow


def copy_source(folder: Path, *names: str) -> None:
    """What is built from, without what Python and earlier builds left there."""
    for name in names:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, folder / name)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    (folder / "source").mkdir()
    copy_source(folder / "source", *BUILT_FROM)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run(
        [*command, "-w", str(folder), str(folder / "source")], check=True, capture_output=True, cwd=folder, timeout=100
    )
    [made] = folder.glob("*.whl")
    return made


def test_every_file_of_the_code_is_in_the_wheel(wheel: Path, tmp_path: Path) -> None:
    copy_source(tmp_path, *TOPS, "wsgi.py")
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    packed = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert (files - packed, packed - files) == (set(), set())


def test_nothing_else_of_the_project_comes_along(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.startswith("ici-")} == {*TOPS, "wsgi.py"}


def test_it_says_its_release_and_brings_the_command(wheel: Path) -> None:
    told = {name.partition("/")[2]: ZipFile(wheel).read(name).decode() for name in ZipFile(wheel).namelist()[-8:]}
    assert ("Name: ici" in told["METADATA"], "ici = app.cli:main" in told["entry_points.txt"]) == (True, True)
