"""Tells the tour to a person: each step, its answer in short, and what it proves."""

import json
import os
import re
import sys
import textwrap
from typing import Any, NoReturn

from tests.tour.calling import Answer

LONGEST_TEXT, LONGEST_SECRET = 60, 10
MOST_ITEMS = 2
WIDTH = 112
BOLD, DIM, GREEN, RED, PLAIN = "1", "2", "32", "31", "0"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+Z")
LEFT_OUT = ("type", "instance")  # of a problem: the address of its page, and the id of the request
SECRETS = ("token", "key", "access_token", "refresh_token", "pairing_token", "badge")


class NotAsItShouldBe(Exception):
    """A step went wrong; the message says what was expected and what came."""


class Story:
    """Prints the tour and counts its steps. In colour only on a terminal, and not under NO_COLOR."""

    def __init__(self) -> None:
        self.steps = self.proofs = 0
        self.title = ""
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def act(self, title: str) -> None:
        """A new part of the story."""
        print("\n" + self._in(BOLD, title) + "\n" + self._in(DIM, "=" * len(title)))

    def step(self, title: str) -> None:
        """Somebody does something."""
        self.steps += 1
        self.title = title
        print(f"\n{self._in(BOLD, f'{self.steps:>2}. {title}')}")

    def expect(self, answer: Answer, status: int, code: str | None = None) -> Any:
        """Show an answer; go on only if it has this status, and this code when it is a refusal. Returns its JSON."""
        shown = answer.json
        print(self._in(DIM, f"    {answer.status}"), self._said(shown))
        if answer.status != status:
            self.fail(f"expected {status}, got {answer.status}")
        if code is not None and shown.get("code") != code:
            self.fail(f"expected the code {code}, got {shown.get('code')}")
        return shown

    def note(self, text: str) -> None:
        """Something to read that is no answer."""
        print(textwrap.fill(text, WIDTH, initial_indent="    ", subsequent_indent="    "))

    def proves(self, fact: str, holds: bool = True) -> None:
        """Say what this step shows; the tour ends here if it does not hold."""
        if not holds:
            self.fail(f"this does not hold: {fact}")
        self.proofs += 1
        mark = self._in(GREEN, "✓")
        print(textwrap.fill(fact, WIDTH, initial_indent=f"    {mark} ", subsequent_indent="      "))

    def fail(self, why: str) -> NoReturn:
        """End the tour."""
        print(self._in(RED, f"    ✗ {why}"))
        raise NotAsItShouldBe(f"Step {self.steps} ({self.title}) is not as it should be: {why}.")

    def _said(self, shown: Any) -> str:
        text = json.dumps(shortened(shown), ensure_ascii=False) if shown is not None else "(no body)"
        return textwrap.fill(text, WIDTH - 4, subsequent_indent="        ", break_on_hyphens=False)

    def _in(self, style: str, text: str) -> str:
        return f"\033[{style}m{text}\033[{PLAIN}m" if self.colour else text


def shortened(value: Any, name: str = "", depth: int = 0) -> Any:
    """The same JSON for reading: what lies deep is named only, long texts and lists are cut, secrets most of all."""
    if isinstance(value, dict):
        if depth > 1:
            return next((value[name] for name in ("title", "name", "text", "kind") if name in value), "{…}")
        return {key: shortened(inner, key, depth + 1) for key, inner in value.items() if key not in LEFT_OUT}
    if isinstance(value, list):
        rest = [f"… {len(value) - MOST_ITEMS} more"] if len(value) > MOST_ITEMS else []
        return [shortened(inner, name, depth) for inner in value[:MOST_ITEMS]] + rest
    if isinstance(value, str):
        return _shortened_text(value, name)
    return value


def _shortened_text(text: str, name: str) -> str:
    if UUID.fullmatch(text):
        return "…" + text[-4:]
    instant = INSTANT.fullmatch(text)
    if instant is not None:
        return instant[1] + "Z"
    longest = LONGEST_SECRET if name in SECRETS else LONGEST_TEXT
    return text if len(text) <= longest else text[:longest].rstrip() + "…"


def names_in(value: Any) -> set[str]:
    """Every field name in a JSON value, however deep."""
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()
