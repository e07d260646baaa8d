"""Whoever attacks: opens connections, sends requests from many addresses, and counts what comes back."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Bout = Callable[[], Awaitable[None]]


class Attacker:
    """Whoever attacks: the port, a token that a member gave it, and what it saw."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.seen: Counter[str] = Counter()
        self.slowest_s = 0.0
        self.begun = asyncio.Event()
        self._standing = 0

    async def crowd(self, count: int, bout: Bout, *, rest_s: float = 0.05) -> None:
        """So many at once do the same over and over; the attack stands when each is at it."""
        await asyncio.gather(*(self._repeat(count, bout, rest_s) for _ in range(count)))

    async def _repeat(self, count: int, bout: Bout, rest_s: float) -> None:
        self._standing += 1
        if self._standing == count:
            self.begun.set()
        while True:
            try:
                await bout()
            except (OSError, asyncio.IncompleteReadError, ValueError):
                self.seen["cut"] += 1
            await asyncio.sleep(rest_s)

    async def open(self) -> Line:
        """A new connection."""
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def send(self, request: bytes) -> None:
        """One request on a connection of its own; its answer is read to the end and counted by its status."""
        began = time.monotonic()
        reader, writer = await self.open()
        try:
            writer.write(request)
            status = await reader.readline()
            await reader.read()
            self.note(status)
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        finally:
            writer.close()

    def note(self, status: bytes) -> None:
        """Count an answer by its status, or a connection that ended without one."""
        words = status.split()
        self.seen[words[1].decode() if len(words) > 1 else "cut"] += 1

    async def trickle(self, line: Line, rest: bytes, *, every_s: float) -> None:
        """Send the rest byte by byte until the server has had enough of it."""
        reader, writer = line
        try:
            for byte in rest:
                writer.write(bytes([byte]))
                await writer.drain()
                with suppress(TimeoutError):
                    self.note(await asyncio.wait_for(reader.readline(), every_s))
                    return
        finally:
            writer.close()


def request(
    method: str, path: str, *, token: str = "", body: bytes = b"", kind: str = "application/json", keep: bool = False
) -> bytes:
    """A request as an ordinary client sends it, from any address."""
    lines = [f"{method} {path} HTTP/1.1", "Host: siege", f"X-Forwarded-For: {_address()}"]
    lines += [] if keep else ["Connection: close"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    if method == "POST":
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}", f"Idempotency-Key: {random.random()}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _address() -> str:
    return ".".join(str(random.randrange(1, 255)) for _ in range(4))
