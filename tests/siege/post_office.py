"""A mail server on loopback that refuses some mailboxes, and falls silent for others."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast


class PostOffice(socketserver.ThreadingTCPServer):
    """As much of SMTP (RFC 5321) as a mail needs. `delivered` are the mailboxes that a mail was taken for.

    `refused…@` does not exist (550); after the address of `stalled…@` nothing is said any more.
    """

    allow_reuse_address, daemon_threads, request_queue_size = True, True, 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.delivered: set[str] = set()
        self.closed = threading.Event()

    @property
    def setting(self) -> str:
        """What `ICI_MAIL` must be for mail to come here."""
        return f"smtp://127.0.0.1:{self.server_address[1]}?from=ici@example.org"

    def wait_for_mail(self, mailbox: str, *, seconds: float) -> bool:
        """Whether a mail for this mailbox is taken within so many seconds."""
        until = time.monotonic() + seconds
        while mailbox not in self.delivered and time.monotonic() < until:
            time.sleep(0.02)  # another process sends: we can only look again
        return mailbox in self.delivered


class Counter(socketserver.StreamRequestHandler):
    """One conversation."""

    def handle(self) -> None:
        office, mailbox = cast(PostOffice, self.server), ""
        self.say("220 post office")
        while line := self.rfile.readline().decode(errors="replace").strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                mailbox = line.partition("<")[2].partition(">")[0]
                if mailbox.startswith("stalled"):
                    office.closed.wait()
                    return
                self.say("550 5.1.1 no such mailbox" if mailbox.startswith("refused") else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                while self.rfile.readline().strip() != b".":
                    pass
                office.delivered.add(mailbox)
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def open_post_office() -> Iterator[PostOffice]:
    """A post office that is open while the block lasts."""
    with PostOffice() as office:
        threading.Thread(target=office.serve_forever, daemon=True).start()
        try:
            yield office
        finally:
            office.closed.set()
            office.shutdown()
