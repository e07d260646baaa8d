"""Structured logs: one JSON line per fact. They hold no personal data, no position, no request body."""

import logging
import sys
from typing import Any, BinaryIO, cast

import orjson
import structlog

log: Any = structlog.get_logger("ici")


class StandardError:
    """Standard error as it is when a line is written: a server may redirect it after the start."""

    def write(self, line: bytes) -> int:
        """Write bytes."""
        return sys.stderr.buffer.write(line)

    def flush(self) -> None:
        """Let the reader see what was written."""
        sys.stderr.buffer.flush()


def configure(*, stream: Any = None) -> None:
    """Send every log line to standard error, or to another binary stream, as JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(file=stream or cast(BinaryIO, StandardError())),
        cache_logger_on_first_use=True,
    )
