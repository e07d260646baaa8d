"""A gateway for text messages on loopback: it keeps what it is sent, and answers what a test wants."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import Message

from app import config
from app.config import Config
from app.settings import SmsRequest

JSON_BODY = '{"to": "{to}", "from": "{sender}", "messages": [{"text": "{text}"}], "n": 1}'


@dataclass
class Taken:
    """One request."""

    method: str
    target: str
    headers: Message
    body: bytes


@dataclass
class Gateway:
    """Where it is, what it was sent, how it answers: a status, or None for silence."""

    url: str = ""
    status: int | None = 200
    taken: list[Taken] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    closing: threading.Event = field(default_factory=threading.Event)

    def use(self, *, query: str = "", method: str = "POST", body: str = JSON_BODY, **headers: str) -> None:
        """Make it the gateway of this process."""
        request = SmsRequest(method=method, headers=headers, body=body, sender="Ici")
        config.use_config(replace(config.current(), sms=self.url + query, sms_request=request))


class Door(http.server.BaseHTTPRequestHandler):
    def answer(self) -> None:
        gateway: Gateway = self.server.state  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        gateway.taken.append(Taken(self.command, self.path, self.headers, body))
        gateway.arrived.release()
        if gateway.status is None:
            gateway.closing.wait(30)
            return
        self.send_response(gateway.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def sms_gateway(settings: Config) -> Iterator[Gateway]:
    """A gateway until the end of the block; the settings are then those of before."""
    state = Gateway()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        server.state = state  # type: ignore[attr-defined]
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_address[1]}/v1/messages"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield state
        state.closing.set()
        server.shutdown()
        thread.join()
    config.use_config(settings)
