"""Ask the besieged server the way a balancer and a phone do, and judge how soon it answers.

The clock of a machine that also runs other tests is a bad judge: the typical answer of many is held to what is
promised, nineteen of twenty to ten times that, and what the machine itself takes at the same time is added to both.
None may stay out.
"""

import http.client
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

LIVE_S, READ_S = 0.1, 1.0
"""What is promised: `/livez`, and a signed-in read."""
LATE = 10
NOISE = 5
PATIENCE_S = 6
EVERY_S = 0.05


class Answer(NamedTuple):
    """A status, 0 when none came in time; how long it took; its body; when to ask again, if it says so."""

    status: int
    seconds: float
    body: bytes
    retry_after: str | None


def ask(
    port: int, path: str, *, token: str = "", method: str = "GET", json: str = "", patience_s: float = PATIENCE_S
) -> Answer:
    """One request on a connection of its own."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"Content-Type": "application/json", "X-Forwarded-For": "192.0.2.77"} if json else {}
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience_s)
    try:
        connection.request(method, path, json.encode() or None, headers)
        answer = connection.getresponse()
        body = answer.read()
        return Answer(answer.status, time.monotonic() - began, body, answer.getheader("Retry-After"))
    except (OSError, http.client.HTTPException):
        return Answer(0, time.monotonic() - began, b"", None)
    finally:
        connection.close()


@dataclass
class Probes:
    """What was answered: to `/livez` and to a signed-in read."""

    live: list[Answer] = field(default_factory=list)
    read: list[Answer] = field(default_factory=list)

    def statuses(self, which: str) -> set[int]:
        """Every status that came; 0 is silence."""
        return {answer.status for answer in getattr(self, which)}

    def counts(self, which: str) -> dict[int, int]:
        """How often each status came."""
        return dict(Counter(answer.status for answer in getattr(self, which)))

    def typical_s(self, which: str) -> float:
        """The median of the times."""
        return statistics.median(answer.seconds for answer in getattr(self, which))

    def late_s(self, which: str) -> float:
        """The time that nineteen of twenty keep."""
        times = sorted(answer.seconds for answer in getattr(self, which))
        return times[len(times) * 19 // 20 - 1] if len(times) >= 20 else times[-1]

    def require(self, which: str, promised_s: float, *, calm: "Probes") -> None:
        """Fail unless answers came as soon as promised, as far as this machine lets one see."""
        for name, most_s in (("typical_s", promised_s), ("late_s", promised_s * LATE)):
            found_s, noise_s = getattr(self, name)(which), NOISE * getattr(calm, name)(which)
            assert found_s <= most_s + noise_s, f"{which}, {name}: {found_s:.3f} of {most_s:.3f} + {noise_s:.3f}"


def probe(port: int, token: str, *, seconds: float) -> Probes:
    """Ask both, over and over, for so long; three times at least."""
    found, until = Probes(), time.monotonic() + seconds
    while time.monotonic() < until or len(found.live) < 3:
        found.live.append(ask(port, "/livez"))
        found.read.append(ask(port, "/v1/me", token=token))
        time.sleep(EVERY_S)
    return found
