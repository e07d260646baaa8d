"""What hostile, slow and broken neighbours do over the network: each kind one function, in a process of its own.

    python -m tests.siege.attacks KIND --port PORT [--token TOKEN]

It speaks to this machine only, says `begun` once the attack stands, and goes on until its standard input closes, or
for `LONGEST_S`. Its last line is JSON: how often it saw what, and the slowest answer in seconds. What it sends comes
from many addresses (`X-Forwarded-For`), as if a proxy stood before the server: a limit per address alone stops nobody.
"""

import argparse
import asyncio
import json
import random
import resource
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

from tests.siege import costly_files, odd_requests
from tests.siege.attacker import Attacker, request

LONGEST_S = 120
STANDS_S = 5
"""An attack that cannot open all its connections by then is as good as it gets."""
IMPORT = "/v1/external-card-imports"


async def slow_heads(by: Attacker) -> None:
    """256 connections that never finish their head."""

    async def bout() -> None:
        reader, writer = await by.open()
        writer.write(b"GET /v1/me HTTP/1.1\r\nHost: siege\r\nX-Slow: ")
        await by.trickle((reader, writer), b"s" * 10_000, every_s=1)

    await by.crowd(256, bout)


async def slow_bodies(by: Attacker) -> None:
    """64 requests whose bodies do not come, with and without a token, with and without a length."""
    order = iter(range(10**9))

    async def bout() -> None:
        number = next(order)
        line = await by.open()
        token = f"Authorization: Bearer {by.token}\r\n" if number % 2 else ""
        framing = "Content-Length: 5000" if number % 4 < 2 else "Transfer-Encoding: chunked"
        head = (
            f"POST {IMPORT if number % 8 < 4 else '/v1/sign-in-codes'} HTTP/1.1\r\nHost: siege\r\n{token}{framing}\r\n"
        )
        kind = "octet-stream" if number % 8 < 4 else "json"
        line[1].write(f"{head}Content-Type: application/{kind}\r\nIdempotency-Key: slow-{number}\r\n\r\n".encode())
        rest = b'{"email": "' + b"a" * 4_000
        if number % 4 >= 2:
            rest = b"".join(b"1\r\n%c\r\n" % byte for byte in rest)
        await by.trickle(line, rest, every_s=1)

    await by.crowd(64, bout)


async def idle_connections(by: Attacker) -> None:
    """1,024 connections that say nothing, half of them after a request that was answered."""
    order = iter(range(10**9))

    async def bout() -> None:
        reader, writer = await by.open()
        try:
            if next(order) % 2:
                writer.write(request("GET", "/livez", keep=True))
                by.note(await reader.readline())
            while await reader.read(1 << 16):
                pass
        finally:
            writer.close()

    await by.crowd(1_024, bout, rest_s=0.5)


async def wrong_passwords(by: Attacker) -> None:
    """Forty wrong passwords a second, for addresses that nobody has."""

    async def bout() -> None:
        wrong = {"brand": "siege", "email": f"{random.random()}@example.org", "password": "not this one, nor that"}
        await by.send(request("POST", "/v1/console/sessions", body=json.dumps(wrong).encode()))

    await by.crowd(16, bout, rest_s=0.4)


async def costly_imports(by: Attacker) -> None:
    """Files of cards that a careless reader multiplies, four at once."""
    files = costly_files.all_files()

    async def bout() -> None:
        body = random.choice(files)
        await by.send(request("POST", IMPORT, token=by.token, body=body, kind="application/octet-stream"))

    await by.crowd(4, bout)


async def odd_requests_flood(by: Attacker) -> None:
    """Methods, headers, paths and framings that nobody uses, each other than the last."""

    async def bout() -> None:
        await asyncio.wait_for(by.send(odd_requests.any_request()), 2)

    await by.crowd(8, bout, rest_s=0)


async def refused_mail(by: Attacker) -> None:
    """Sign-in codes for mailboxes that do not exist."""

    async def bout() -> None:
        body = json.dumps({"email": f"refused-{random.randrange(10**9)}@example.org"}).encode()
        await by.send(request("POST", "/v1/sign-in-codes", body=body))

    await by.crowd(2, bout, rest_s=0.4)


async def stalled_mail(by: Attacker) -> None:
    """Sign-in codes for mailboxes whose server takes the address and then says no more."""

    async def bout() -> None:
        body = json.dumps({"email": f"stalled-{random.randrange(10**9)}@example.org"}).encode()
        await by.send(request("POST", "/v1/sign-in-codes", body=body))

    await by.crowd(8, bout, rest_s=0.4)


async def crowd(by: Attacker) -> None:
    """200 clients who ask again as soon as they are answered, and wait a second when they are told to come later."""

    async def bout() -> None:
        before = by.seen["503"] + by.seen["429"]
        await by.send(request("GET", "/v1/me", token=by.token))
        if by.seen["503"] + by.seen["429"] > before:
            await asyncio.sleep(1)

    await by.crowd(200, bout, rest_s=0)


class Kind(NamedTuple):
    """One kind of attack, and whether what it sends is answered, so that its answers can be counted."""

    play: Callable[[Attacker], Awaitable[None]]
    is_answered: bool


ATTACKS = {
    "slow_heads": Kind(slow_heads, is_answered=False),
    "slow_bodies": Kind(slow_bodies, is_answered=False),
    "idle_connections": Kind(idle_connections, is_answered=False),
    "wrong_passwords": Kind(wrong_passwords, is_answered=True),
    "costly_imports": Kind(costly_imports, is_answered=True),
    "odd_requests": Kind(odd_requests_flood, is_answered=True),
    "refused_mail": Kind(refused_mail, is_answered=True),
    "stalled_mail": Kind(stalled_mail, is_answered=True),
    "crowd": Kind(crowd, is_answered=True),
}


async def play(kind: str, by: Attacker) -> None:
    """Attack until standard input closes."""
    attack = asyncio.ensure_future(ATTACKS[kind].play(by))
    with suppress(TimeoutError):
        await asyncio.wait_for(by.begun.wait(), STANDS_S)
    print("begun", flush=True)
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.to_thread(sys.stdin.read), LONGEST_S)
    attack.cancel()
    with suppress(asyncio.CancelledError):
        await attack
    print(json.dumps({"seen": by.seen, "slowest_s": round(by.slowest_s, 3)}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=ATTACKS)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--token", default="", help="the access token of a member, for attacks that need one")
    asked = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(play(asked.kind, Attacker(asked.port, asked.token)))


if __name__ == "__main__":
    main()
