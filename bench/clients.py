"""Clients that keep their connection and send one request after another: plain sockets in one process.

A request is prepared bytes; of an answer only its status and its length are read. So a client costs some 30 us of
processor for each answer, which `client_ms` tells: tills and phones are elsewhere, but here they share the cores.
"""

import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

PATIENCE_S = 30


class Ask(NamedTuple):
    """A request, the status that it must be answered with, and what the answer is about, for whoever sends the next."""

    request: bytes
    status: int
    about: Any = None


class Told(NamedTuple):
    """An answer that was awaited: what it is about, and its body."""

    about: Any
    body: bytes


@dataclass
class Answers:
    """What so many clients were answered, and how fast."""

    seconds: float = 0.0
    client_seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Answers per second, latencies and what the clients themselves took. Raises when nothing was answered."""
        if not self.latencies:
            raise RuntimeError("not one answer")
        count, ordered = len(self.latencies), sorted(self.latencies)
        latencies = {f"p{p}_ms": round(ordered[count * p // 100] * 1000, 3) for p in (50, 95, 99)}
        return (
            {"answers": count, "rps": round(count / self.seconds, 1)}
            | latencies
            | {"client_ms": round(self.client_seconds / count * 1000, 3)}
        )


class _Client:
    """One connection: what it has asked, and what has come of the answer so far."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard, self.waits = b"", False

    def send_next(self, asks: Iterator[Ask]) -> None:
        """Send the next request, if there is one."""
        ask = next(asks, None)
        if ask is not None:
            self.ask, self.heard, self.waits, self.since = ask, b"", True, time.perf_counter()
            self.socket.sendall(ask.request)

    def hear(self) -> bytes | None:
        """The body, once all of it has come. Raises when it is not what was expected."""
        some = self.socket.recv(1 << 18)
        if not some:
            raise RuntimeError(f"the server hung up: {self.ask.request[:200]!r}")
        self.heard += some
        head, ended, body = self.heard.partition(b"\r\n\r\n")
        if not ended:
            return None
        length = int(head.lower().partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0] or 0)  # 304 has none
        if len(body) < length:
            return None
        if int(head[9:12]) != self.ask.status:
            raise RuntimeError(f"{head[:15]!r} instead of {self.ask.status}: {body[:500]!r} to {self.ask.request!r}")
        self.waits = False
        return body


def drive_clients(port: int, asks: Iterator[Ask], *, clients: int, seconds: float, keep: bool = False) -> Answers:
    """Let so many clients ask for so long, or until there is nothing more to ask.

    `keep` keeps the answers. Raises `RuntimeError` for a status that was not expected, and for silence.
    """
    found = Answers()
    poll, everybody = select.epoll(), [_Client(port) for _ in range(clients)]
    by_number = {client.socket.fileno(): client for client in everybody}
    processor, started = time.process_time(), time.perf_counter()
    until = started + seconds
    for number, client in by_number.items():
        poll.register(number, select.EPOLLIN)
        client.send_next(asks)
    while any(client.waits for client in everybody):
        ready = poll.poll(PATIENCE_S)
        if not ready:
            raise RuntimeError(f"{PATIENCE_S} s without an answer")
        for number, _ in ready:
            client = by_number[number]
            body = client.hear()
            if body is None:
                continue
            now = time.perf_counter()
            found.latencies.append(now - client.since)
            if keep:
                found.told.append(Told(client.ask.about, body))
            if now < until:
                client.send_next(asks)
    found.seconds, found.client_seconds = time.perf_counter() - started, time.process_time() - processor
    poll.close()
    for client in everybody:
        client.socket.close()
    return found


def ask_once(port: int, ask: Ask) -> bytes:
    """Send one request on a connection of its own; returns the body. Raises as `drive_clients`."""
    (told,) = drive_clients(port, iter([ask]), clients=1, seconds=0, keep=True).told
    return told.body
