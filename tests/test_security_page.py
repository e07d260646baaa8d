"""What the page of security cites exists; its table answers each requirement of OWASP ASVS 5.0.0, levels 1 and 2."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
REQUIREMENTS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4
5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2
8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4
11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7
16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
"""How many of each section are asked at level 1 or 2: its first ones, in the standard's own CSV."""
EVERY = [
    f"{section}.{number}"
    for section, count in (each.split(":") for each in REQUIREMENTS.split())
    for number in range(1, int(count) + 1)
]
ROWS = re.findall(r"^\| ([\d.]+)(?:–([\d.]+))? \|[^|]*\| (met|not met|proxy|n\.a\.) \|", PAGE, re.MULTILINE)


def meant(first: str, last: str) -> list[str]:
    """The requirements of a row, which may stand for several that follow each other."""
    return EVERY[EVERY.index(first) : EVERY.index(last or first) + 1]


def test_every_requirement_is_answered_once_and_in_order() -> None:
    assert [number for first, last, _ in ROWS for number in meant(first, last)] == EVERY


def test_the_sum_is_right() -> None:
    found = Counter(status for first, last, status in ROWS for _ in meant(first, last))
    counts = ", ".join(f"{found[status]} {status}" for status in ("met", "proxy", "not met", "n.a."))
    assert f"Of {len(EVERY)}: {counts}" in PAGE


def test_every_test_that_is_cited_exists() -> None:
    files = (ROOT / "tests").rglob("test_*.py")
    known = {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)}
    assert set(re.findall(r"`(test_\w+)`", PAGE)) - known == set()


def test_every_file_that_is_cited_exists() -> None:
    cited = re.findall(r"`((?:app|geo|wallet|offers|tests|bench)/[\w./]*)`", PAGE)
    assert [path for path in cited if not (ROOT / path).exists()] == []
