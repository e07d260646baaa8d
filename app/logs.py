"""Structured logs: one JSON line per fact. They hold no personal data, no position, no request body."""

import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

log: Any = structlog.get_logger("ici")


class StandardError:
    """Standard error as it is when a line is written: a server may redirect it after the start.

    A line that cannot be written (the disk is full, the reader has gone) is lost, and how many were lost is the next
    line: nobody is refused an answer for it.
    """

    def __init__(self) -> None:
        self._lost = 0

    def write(self, line: bytes) -> int:
        """Write bytes. Never fails."""
        try:
            return sys.stderr.buffer.write(line)
        except OSError:
            self._lost += 1
            return 0

    def flush(self) -> None:
        """Let the reader see what was written. Never fails."""
        try:
            sys.stderr.buffer.flush()
        except OSError:
            return  # it stays in the buffer, which refuses further lines once it is full
        lost, self._lost = self._lost, 0
        if lost:
            write_line("log_lines_lost", {"lines": lost})


_out: Any = StandardError()


def write_line(event: str, facts: Mapping[str, Any]) -> None:
    """The line that `log.info` would write, for the one that each request has.

    structlog's chain touches so much code that it costs as much as a statement when the processor's caches are cold,
    which they are after each wait for the database (measured in docs/performance.md).
    """
    timestamp = datetime.now(UTC).isoformat()[:-6] + "Z"
    _out.write(orjson.dumps({**facts, "event": event, "level": "info", "timestamp": timestamp}) + b"\n")
    _out.flush()


def configure(*, stream: Any = None) -> None:
    """Send every log line to standard error, or to another binary stream, as JSON."""
    global _out
    _out = stream or StandardError()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(file=_out),
        cache_logger_on_first_use=True,
    )
