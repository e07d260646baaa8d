"""A stand-in for Apple's push service: HTTP/2 over TLS, for whoever has the certificate of a pass type.

`python -m tests.apple.apns --folder var/apple` is what `make run` speaks to in development; each push is a line of JSON
on standard output. In tests it answers as it is told to.
"""

import argparse
import json
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from wallet.apple.trial_pki import ROOT, SERVER, SERVER_KEY

PORT = 8811
PREFIX = "/3/device/"


class Pushed(NamedTuple):
    """One push as it came."""

    token: str
    topic: str
    body: bytes
    certified: str
    """The pass type in the client's certificate."""
    connection: int


class Told(NamedTuple):
    """How a push is answered; without a status it is not."""

    status: int | None = 200
    reason: str = ""
    timestamp: int | None = None


@dataclass
class StandIn:
    """The server. `answer` says what becomes of a push, `delay_s` how long that takes."""

    port: int
    answer: Callable[[Pushed], Told] = lambda pushed: Told()
    delay_s: float = 0.0
    pushed: list[Pushed] = field(default_factory=list)
    connections: int = 0
    note: Callable[[Pushed, Told], None] = lambda pushed, told: None

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def tokens(self) -> list[str]:
        """Who was woken, in order."""
        return sorted(one.token for one in self.pushed)


@contextmanager
def standing_in(folder: Path, *, port: int = 0) -> Iterator[StandIn]:
    """The stand-in with the certificates of a trial, for as long as the block lasts."""
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trusted.load_cert_chain(folder / SERVER, folder / SERVER_KEY)
    trusted.load_verify_locations(folder / ROOT)
    trusted.load_verify_locations(folder / "intermediate.pem")
    trusted.verify_mode = ssl.CERT_REQUIRED
    trusted.set_alpn_protocols(["h2"])
    with socket.create_server(("127.0.0.1", port)) as listener:
        server = StandIn(listener.getsockname()[1])
        threading.Thread(target=_accept, args=(listener, trusted, server), daemon=True).start()
        yield server
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, trusted: ssl.SSLContext, server: StandIn) -> None:
    with suppress(OSError):
        while True:
            plain, _ = listener.accept()
            threading.Thread(target=_talk, args=(plain, trusted, server), daemon=True).start()


def _talk(plain: socket.socket, trusted: ssl.SSLContext, server: StandIn) -> None:
    with suppress(OSError, h2.exceptions.ProtocolError), trusted.wrap_socket(plain, server_side=True) as line:
        server.connections += 1
        number, certified = server.connections, _pass_type(line)
        spoken = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        spoken.initiate_connection()
        line.sendall(spoken.data_to_send())
        heads: dict[int, dict[str, str]] = {}
        bodies: dict[int, bytes] = {}
        while data := line.recv(65_536):
            ended = []
            for event in spoken.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    heads[event.stream_id] = {_text(name): _text(value) for name, value in event.headers}
                elif isinstance(event, h2.events.DataReceived):
                    bodies[event.stream_id] = bodies.get(event.stream_id, b"") + event.data
                    spoken.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    ended.append(event.stream_id)
            for stream in ended:
                _answer(spoken, stream, heads.pop(stream), bodies.pop(stream, b""), certified, number, server)
            line.sendall(spoken.data_to_send())


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _pass_type(line: ssl.SSLSocket) -> str:
    subject = dict(pair for name in (line.getpeercert() or {}).get("subject", ()) for pair in name)
    return str(subject.get("userId") or subject.get("UID") or "")


def _answer(
    spoken: h2.connection.H2Connection,
    stream: int,
    head: dict[str, str],
    body: bytes,
    certified: str,
    number: int,
    server: StandIn,
) -> None:
    pushed = Pushed(head[":path"].removeprefix(PREFIX), head.get("apns-topic", ""), body, certified, number)
    told = _judged(pushed, head) or server.answer(pushed)
    if server.delay_s:
        time.sleep(server.delay_s)
    server.pushed.append(pushed)
    server.note(pushed, told)
    if told.status is None:
        return
    said = {"reason": told.reason, "timestamp": told.timestamp}
    content = b"" if told.status == 200 else json.dumps({k: v for k, v in said.items() if v}).encode()
    spoken.send_headers(stream, [(":status", str(told.status)), ("apns-id", f"{stream}")], end_stream=not content)
    if content:
        spoken.send_data(stream, content, end_stream=True)


def _judged(pushed: Pushed, head: dict[str, str]) -> Told | None:
    """What Apple refuses whoever asks; None for what it takes."""
    if head.get(":method") != "POST" or not head[":path"].startswith(PREFIX):
        return Told(404, "BadPath")
    if not pushed.topic:
        return Told(400, "MissingTopic")
    return Told(400, "TopicDisallowed") if pushed.topic != pushed.certified else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("var/apple"), help="of `ici apple test-pki`")
    parser.add_argument("--port", type=int, default=PORT)
    asked = parser.parse_args()
    with standing_in(asked.folder, port=asked.port) as server:
        server.note = lambda pushed, told: print(
            json.dumps({"token": pushed.token, "topic": pushed.topic, "status": told.status}), flush=True
        )
        print(f"Listening on {server.url}; Ctrl-C ends.", file=sys.stderr, flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
