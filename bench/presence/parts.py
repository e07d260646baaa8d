"""How the parts of the bench of here begin and end."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app import config, factory
from app.config import Config
from app.sql import db
from bench import machine


def run_part(measure: Callable[..., tuple[dict[str, float], dict[str, Any]]], *, about: str | None) -> None:
    """Measure one part in a cluster of its own and print its ratios; `about` is what `--help` says."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--keep", action="store_true", help="keep what was built")
    asked = parser.parse_args()
    server = machine.cluster()
    server.start()
    try:
        ratios, figures = measure(server, rounds=asked.rounds)
    finally:
        if asked.keep:
            server.stop()
        else:
            server.destroy()
    machine.result(ratios, figures)


def make_database(server: Any, name: str, *, folder: Path, secret: str) -> None:
    """An empty database with all tables, to which this process is connected as the application."""
    machine.make_database(server, name, folder=folder)
    config.use_config(
        Config(
            environment="test",
            database_url=server.url("app", name),
            owner_database_url=server.url("owner", name),
            secret=secret,
            var=folder,
            mail="development",
            sms="development",
            public_url="http://localhost",
        )
    )
    factory.import_models()
    db.connect(server.url("app", name))
