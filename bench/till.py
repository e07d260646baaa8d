"""`make bench-till`: what a till and a member's app wait for, one kind of request after the other, in rounds.

A chain of shops is built (members with cards, a programme with tiers, live offers, purchases, tills), then measured:
  ours      each kind of request by 8 clients against `ici serve` with its own defaults: answers per second,
            latencies, processor time of the web processes and of the database, statements and trips
  livez     a request of the application that does nothing, in the same rounds, about 200 times a second: what
            processor time is compared with. Flat out it takes a third of that, as everything stays in the caches;
            `livez_flat_out` tells it
  fastapi   FastAPI + asyncpg, making the same rows for scan, redemption and sale without our duties (standin_till.py)
  limit     one function of the database that makes the same rows, under pgbench (limit.py)
Ratios named `…_over_livez` are of processor time of the web processes: less is better. Those named `…_over_fastapi`
and `…_over_limit` are of answers per second, the clients on the same cores: more is better. They are made within each
round, and their medians reported. Statements are counted on the wire, without BEGIN, COMMIT and pings.

Every answer must have the status that is expected, a sale of the stand-in and of the limit must leave as many rows as
one of ours, each sale must have spent its points, and at the end every ledger is proved.
"""

import argparse
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bench import chain, effects, limit, machine, purse, stage, verdict
from bench.clients import Ask, drive_clients
from bench.machine import say
from bench.processor import seconds_of
from bench.stage import NAME, OURS, THEIRS
from bench.statements import COUNTED, WARM, Ear
from bench.traffic import Traffic

RATES = {"sale": 500, "limit": 8_000, "priced": 250}
"""So many coupons per second are there to be used up, by our sales and by those of the limit; and so many baskets are
priced before they are sold."""
QUICK = {"stores": 50, "members": 2_000, "offers": 100, "purchases": 20_000, "seconds": 1.0, "rounds": 1}
WARM_S = 1.0
FOLLOWS = {"undoing", "return", "withdrawal"}
"""Kinds that end what another began, so that they cannot be measured again."""

Figures = dict[str, float]
Kind = Callable[[], Iterator[Ask]]


def main() -> None:
    asked = _arguments()
    server = machine.cluster()
    server.start()
    try:
        ratios, figures = _Bench(server, asked).measure()
    finally:
        if not asked.keep:
            server.drop_database(NAME)
        server.stop()
    print(verdict.table(ratios, figures))
    machine.result(ratios, figures | {"sizes": vars(asked)})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", type=int, default=1_000)
    parser.add_argument("--members", type=int, default=200_000)
    parser.add_argument("--offers", type=int, default=500)
    parser.add_argument("--purchases", type=int, default=2_000_000, help="what members bought before")
    parser.add_argument("--tills", type=int, default=16)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds; medians are reported")
    parser.add_argument("--keep", action="store_true", help="keep the database, and use the one that was kept")
    parser.add_argument("--quick", action="store_true", help="a small chain and one short round, to see that it works")
    if parser.parse_args().quick:
        parser.set_defaults(**QUICK)
    return parser.parse_args()


class _Bench:
    """One run."""

    def __init__(self, server: Any, asked: argparse.Namespace) -> None:
        self.server, self.asked = server, asked
        self.sizes = chain.Sizes(
            stores=asked.stores,
            members=asked.members,
            offers=asked.offers,
            purchases=asked.purchases,
            tills=asked.tills,
            stock=round((asked.seconds * asked.rounds + WARM_S + 1) * RATES["sale"]),
            spare=round(max(asked.seconds, WARM_S) * RATES["limit"]),
        )

    def measure(self) -> tuple[dict[str, float], dict[str, Any]]:
        """Build or take the chain, count statements, measure in rounds, and prove what came of it."""
        stage.open_database(self.server, self.sizes, keep=self.asked.keep)
        self.traffic = traffic = Traffic(self.server, NAME, self.sizes)
        self.kept = {"redemption": traffic.redeemed, "grant": traffic.granted}
        self.kept |= {"sale": traffic.sold, "sale_40": traffic.sold}
        self.kinds: dict[str, Kind] = {
            "livez": traffic.rested_livez,
            "livez_flat_out": traffic.livez,
            "scan": traffic.scan,
            "coupons": traffic.coupons,
            "redemption": traffic.redemption,
            "undoing": traffic.undoing,
            "quote": traffic.quote,
            "sale": traffic.sale,
            "sale_by_itself": traffic.sale_by_itself,
            "sale_40": traffic.long_sale,
            "return": traffic.returning,
            "claim": traffic.claim,
            "grant": traffic.grant,
            "withdrawal": traffic.withdrawal,
            "matrix": traffic.matrix,
            "cards": traffic.list_of_cards,
            "locator": traffic.locator,
            "locator_unchanged": traffic.locator_unchanged,
        }
        with chain.open_superuser(self.server, NAME) as self.connection:
            limit.make_functions(
                self.connection, buyers=self.sizes.buyers, members=len(traffic.cards), tills=self.asked.tills
            )
            counted = self._count_statements()
            rounds = self._measure_rounds()
            sales = effects.check_sales(self.connection, traffic.points)
        proved = purse.prove(purse.Brand(*map(uuid.UUID, (traffic.brand_id, traffic.points, traffic.spare_points))))
        return verdict.ratios(rounds), verdict.figures(rounds, counted) | {"sales": sales, "proved": proved}

    def _count_statements(self) -> dict[str, dict[str, Any]]:
        say("statements are counted, one request at a time")
        ear = Ear(self.server.url("app", NAME))
        kinds = {name: kind for name, kind in self.kinds.items() if not name.startswith("livez")}
        kinds |= {"erasure_request": self.traffic.erasure_request}
        try:
            with stage.serve_ours(self.server, stage.COUNTED, ear.url, "--workers", "1", "--threads", "1"):
                self._scan_passes(stage.COUNTED)
                self.traffic.price_sales(stage.COUNTED, WARM + COUNTED)
                self.traffic.stores_etag = stage.etag_at(stage.COUNTED, f"/v1/brands/{chain.CODE}/stores")
                return ear.count_each(stage.COUNTED, kinds, self.kept)
        finally:
            ear.close()

    def _scan_passes(self, port: int) -> None:
        """Passes of buyers whose coupons are looked at."""
        asks = self.traffic.scan(buyers=True)
        some = (next(asks) for _ in range(min(500, len(self.traffic.phones))))
        told = drive_clients(port, some, clients=4, seconds=60, keep=True).told
        self.traffic.scans = [(json.loads(one.body)["id"], one.about) for one in told]

    def _measure_rounds(self) -> list[dict[str, Figures]]:
        url = self.server.url("app", NAME)
        with stage.serve_ours(self.server, OURS, url) as ours, stage.serve_standin(self.server) as theirs:
            self._scan_passes(OURS)
            effects.check_rows(self.connection, self.traffic, ours=OURS, theirs=THEIRS)
            measures: dict[str, Callable[[float], Figures]] = {
                name: lambda seconds, n=name, k=kind: self._load(OURS, ours, n, k, seconds)
                for name, kind in self.kinds.items()
            }
            spare: Mapping[str, Kind] = {
                "scan": self.traffic.spare_scan,
                "redemption": self.traffic.spare_redemption,
                "sale": self.traffic.spare_sale,
            }
            measures |= {
                f"{name}_fastapi": lambda seconds, n=name, k=kind: self._load(THEIRS, theirs, n, k, seconds)
                for name, kind in spare.items()
            }
            measures |= {
                f"{name}_limit": lambda seconds, n=name, s=script: self._limit(n, s, seconds)
                for name, script in (("scan", limit.SCAN), ("sale", limit.SALE))
            }
            say("warming up")
            self._measure_round(measures, WARM_S)
            rounds = []
            for number in range(self.asked.rounds):
                say(f"round {number + 1} of {self.asked.rounds}")
                rounds.append(self._measure_round(measures, self.asked.seconds))
        return rounds

    def _measure_round(self, measures: Mapping[str, Callable[[float], Figures]], seconds: float) -> dict[str, Figures]:
        found = {}
        for name in verdict.in_turn(measures):
            measure = measures[name]
            found[name] = measure(seconds) if name in FOLLOWS else machine.quietly(lambda m=measure: m(seconds))
        for begun in (self.traffic.redeemed, self.traffic.sold):
            begun.clear()  # what has not been undone by now stays as it is
        return found

    def _load(self, port: int, pid: int, name: str, kind: Kind, seconds: float) -> Figures:
        """One kind of request for so long: its figures, and the processor time of both servers for each answer."""
        into = self.kept.get(name) if port == OURS else None
        if port == THEIRS:
            limit.free_coupons(self.connection)
        if name == "sale_by_itself":
            self.traffic.price_sales(port, round(seconds * RATES["priced"]))
        before = self._processor(pid)
        clients = 1 if name == "livez" else self.asked.clients
        found = drive_clients(port, kind(), clients=clients, seconds=seconds, keep=into is not None)
        if into is not None:
            into.extend(found.told)
        return found.figures() | self._spent(pid, before, len(found.latencies))

    def _limit(self, name: str, script: str, seconds: float) -> Figures:
        limit.free_coupons(self.connection)
        before = self._processor(None)
        url = self.server.url("superuser", NAME)
        found = machine.pgbench(
            script, url=url, name=f"till_{name}", clients=self.asked.clients, seconds=max(1, round(seconds))
        )
        rate = found.pop("tps")
        return found | {"rps": rate} | self._spent(None, before, max(1, round(rate * max(1, round(seconds)))))

    def _processor(self, pid: int | None) -> tuple[float, float]:
        return seconds_of(pid) if pid is not None else 0.0, seconds_of(self.server.server.pid())

    def _spent(self, pid: int | None, before: tuple[float, float], answers: int) -> Figures:
        web, database = (after - earlier for earlier, after in zip(before, self._processor(pid), strict=True))
        return {"web_ms": round(web / answers * 1000, 3), "database_ms": round(database / answers * 1000, 3)}


if __name__ == "__main__":
    main()
