"""Stands between a web process and PostgreSQL, hands everything on, and counts what is said.

It reads the frontend's side of the protocol (PostgreSQL 15, chapter 55): each `Query` and each `Execute` is a
statement, whoever prepared it and whether or not the driver sends several without waiting (libpq's pipeline mode).
A trip is once that the application waits: what it says before it listens again is one trip.
"""

import re
import select
import socket
import struct
import threading
from dataclasses import dataclass, field
from pathlib import Path

PAUSE_S = 0.003
"""Who has said nothing more for so long is waiting for an answer."""
NOT_COUNTED = re.compile(r"\s*(BEGIN|START|COMMIT|ROLLBACK(?! TO)|END|DEALLOCATE)\b", re.IGNORECASE)
LITERAL = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\$(\w*)\$.*?\$\1\$", re.DOTALL)
SSL_OR_GSS = (80877103, 80877104)


@dataclass
class Heard:
    """What was said since somebody last looked. `frames` are BEGIN, COMMIT and the like; `pings` are empty."""

    statements: list[str] = field(default_factory=list)
    frames: int = 0
    pings: int = 0
    trips: int = 0


class Wire:
    """A socket in `folder`, where a server would have its own; what comes in goes to the server's socket in `to`."""

    def __init__(self, folder: Path, *, to: Path) -> None:
        self.to = to
        self._lock, self._heard = threading.Lock(), Heard()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / to.name))
        self._listener.listen(64)
        threading.Thread(target=self._listen, daemon=True).start()

    def take_heard(self) -> Heard:
        """What was said since the last time."""
        with self._lock:
            heard, self._heard = self._heard, Heard()
        return heard

    def close(self) -> None:
        """Take no more connections; those that are open last as long as whoever opened them."""
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        """Hand on both ways until one side hangs up."""
        speech, listened = _Speech(), True
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self.to))
            while True:
                ready, _, _ = select.select([client, server], [], [])
                speaker, listener = (server, client) if server in ready else (client, server)
                said = speaker.recv(1 << 18) if speaker is server else _everything_said(client)
                if not said:
                    return
                if speaker is client:
                    self._note(speech.read(said), trip=listened)
                listened = speaker is server
                listener.sendall(said)

    def _note(self, statements: list[str], *, trip: bool) -> None:
        with self._lock:
            self._heard.trips += trip
            for text in statements:
                if not text.strip(" \n\t;"):
                    self._heard.pings += 1
                elif NOT_COUNTED.match(text):
                    self._heard.frames += 1
                else:
                    self._heard.statements.append(text)


def _everything_said(client: socket.socket) -> bytes:
    """What the client says until it waits."""
    said = client.recv(1 << 18)
    while said and select.select([client], [], [], PAUSE_S)[0]:
        more = client.recv(1 << 18)
        if not more:
            break
        said += more
    return said


class _Speech:
    """The frontend's messages of one connection, and the texts that its statements and portals stand for."""

    def __init__(self) -> None:
        self.rest, self.started = b"", False
        self.prepared: dict[bytes, str] = {}
        self.portals: dict[bytes, str] = {}

    def read(self, said: bytes) -> list[str]:
        """The statements that run, in their order."""
        self.rest += said
        found: list[str] = []
        while (message := self._next()) is not None:
            found += self._statements(*message)
        return found

    def _next(self) -> tuple[bytes, bytes] | None:
        """The next whole message: its kind and its content. The first of a connection has no kind."""
        begin = 1 if self.started else 0
        if len(self.rest) < begin + 4:
            return None
        (length,) = struct.unpack_from("!I", self.rest, begin)
        if len(self.rest) < begin + length:
            return None
        kind, content = self.rest[:begin], self.rest[begin + 4 : begin + length]
        self.rest = self.rest[begin + length :]
        if not self.started:
            self.started = struct.unpack_from("!I", content)[0] not in SSL_OR_GSS
        return kind, content

    def _statements(self, kind: bytes, content: bytes) -> list[str]:
        if kind == b"Q":
            text = content.rstrip(b"\0").decode()
            return [one for one in LITERAL.sub("''", text).split(";") if one.strip()] or [""]
        first, _, rest = content.partition(b"\0")
        if kind == b"P":
            self.prepared[first] = rest.partition(b"\0")[0].decode()
        elif kind == b"B":
            self.portals[first] = self.prepared.get(rest.partition(b"\0")[0], "?")
        elif kind == b"E":
            return [self.portals.get(first, "?")]
        return []
