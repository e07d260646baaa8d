"""The last checkpoint, in the notebook outside the database: who restores a backup must not sign its log anew.

The line is on the disk before the checkpoint is committed. So a log that is shorter than the line says, or has another
root there, is one that lost entries which were signed for; unless the sealer died between the disk and the commit, and
then the receipts that still wait come to the same root.
"""

import threading
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from app import canonical
from app.ops import notebook
from app.receipts.models import LogCheckpoint
from app.receipts.signatures import instant

KIND = "checkpoint"


class NotedCheckpoint(NamedTuple):
    """What the notebook holds of a checkpoint."""

    log_id: uuid.UUID
    size: int
    root: bytes


class _Reader:
    """The last checkpoint of the lines that were read so far."""

    def __init__(self) -> None:
        self.place: notebook.Bookmark | None = None
        self.last: NotedCheckpoint | None = None
        self.alone = threading.Lock()

    def read_on(self) -> NotedCheckpoint | None:
        """The last one now."""
        with self.alone:
            reading = notebook.read_lines(self.place)
            self.place, self.last = reading.place, None if reading.afresh else self.last
            for line in reversed(reading.lines):
                found = _checkpoint(line) if line.startswith(notebook.MARKED) else None
                if found is not None:
                    self.last = found
                    break
            return self.last


_readers: dict[Path, _Reader] = {}


def note_checkpoints(signed: Sequence[LogCheckpoint]) -> None:
    """Write down what was signed, before it is committed. Raises `OSError`: what is not noted is not signed."""
    lines = [
        {
            "kind": KIND,
            "about": notebook.fingerprint(KIND),
            "at": instant(one.signed_at),
            "log_id": str(one.log_id),
            "tree_size": one.size,
            "root": one.root.hex(),
        }
        for one in signed
    ]
    notebook.write_lines([notebook.make_line(said) for said in lines])


def noted_checkpoint() -> NotedCheckpoint | None:
    """The checkpoint that was noted last. Raises `OSError`."""
    return _readers.setdefault(notebook.file(), _Reader()).read_on()


def _checkpoint(line: bytes) -> NotedCheckpoint | None:
    said = notebook.said_in(line)
    if said is None or said["kind"] != KIND:
        return None
    return NotedCheckpoint(uuid.UUID(said["log_id"]), said["tree_size"], canonical.read_hex(said["root"], size=32))
