"""What commands need before they begin: the folder of the project's data, and a connected database."""

import os
from pathlib import Path

from app import config
from app.config import Config
from app.ops import logs
from app.ops.cluster import Cluster
from app.sql import db

DATABASE = "ici"


def var_folder() -> Path:
    """The folder of everything that the commands make."""
    return Path(os.environ["ICI_VAR"]).absolute()


def private_cluster() -> Cluster:
    """The cluster of `ici up`."""
    return Cluster(var_folder() / "cluster")


def every_cluster() -> list[Cluster]:
    """The clusters of this project: also those that tests and benches made."""
    return [Cluster(file.parent) for file in sorted(var_folder().glob("*/passwords.json"))]


def connect() -> Config:
    """Read the settings and connect this process to its database, with every table known."""
    from app import factory  # loads every room, which the other commands need not wait for

    settings = Config.load()
    config.use(settings)
    logs.configure()
    db.connect(settings.database_url)
    factory.import_models()
    return settings
