"""Let somebody attack from a process of their own, so that what they do does not slow down who measures."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def attacking(kind: str, *, port: int, token: str = "") -> Iterator[dict[str, Any]]:
    """An attack in a process of its own, from when it stands; what it saw is in the dictionary afterwards."""
    command = [sys.executable, "-m", "tests.siege.attacks", kind, "--port", str(port), "--token", token]
    told: dict[str, Any] = {}
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == b"begun\n"
            yield told
            process.stdin.close()
            told |= json.loads(process.stdout.read())
        finally:
            process.kill()
