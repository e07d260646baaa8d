"""A mail server on loopback that holds the conversation of RFC 5321, and says at each step what a test wants."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

WELL = {
    "greeting": "220 ready",
    "EHLO": "250 mail.test",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 taken",
    "RSET": "250 ok",
}
SILENCE = "silence"


@dataclass
class MailServer:
    """What was taken, and how to answer. `said` answers a verb, `of` answers `RCPT TO` of one address."""

    url: str = ""
    said: dict[str, str] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)
    taken: list[EmailMessage] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Every address that was named in `RCPT TO`."""
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    closing: threading.Event = field(default_factory=threading.Event)

    def to(self, address: str) -> list[EmailMessage]:
        """The mails that were taken for this address."""
        return [mail for mail in self.taken if mail["To"] == address]


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        server: MailServer = self.server.state  # type: ignore[attr-defined]
        if not self.say(server.said.get("greeting", WELL["greeting"])):
            return
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            answer = server.said.get(verb, WELL.get(verb, "500 what?"))
            if verb == "RCPT":
                address = line.split("<")[1].split(">")[0]
                server.asked.append(address)
                server.arrived.release()
                answer = server.of.get(address, answer)
            if not self.say(answer):
                return
            if verb == "DATA" and answer.startswith("354") and not self.read_mail(server):
                return

    def read_mail(self, server: MailServer) -> bool:
        body = b"".join(iter(self.rfile.readline, b".\r\n"))
        answer = server.said.get(".", WELL["."])
        if answer.startswith("250"):
            server.taken.append(message_from_bytes(body, policy=policy.default))
        return self.say(answer)

    def say(self, answer: str) -> bool:
        if answer == SILENCE:
            self.server.state.closing.wait(30)  # type: ignore[attr-defined]
            return False
        self.wfile.write(answer.encode() + b"\r\n")
        return not answer.startswith("421")


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def mail_server(said: Mapping[str, str] = {}, of: Mapping[str, str] = {}) -> Iterator[MailServer]:
    """A mail server until the end of the block."""
    state = MailServer(said=dict(said), of=dict(of))
    with Listener(("127.0.0.1", 0), Conversation) as server:
        server.state = state  # type: ignore[attr-defined]
        state.url = f"smtp://127.0.0.1:{server.server_address[1]}?from=ici@example.org"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield state
        state.closing.set()
        server.shutdown()
        thread.join()
