"""What commands need before they begin: the folder of the project's data, a connected database, the brand they name."""

import os
from pathlib import Path

import click
from sqlalchemy import select

from app import config, logs
from app.accounts.models import Brand
from app.accounts.queries import brand_with_code
from app.config import Config
from app.ops.database.cluster import Cluster
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
    config.use_config(settings)
    logs.configure()
    db.connect(settings.database_url)
    factory.import_models()
    return settings


def brand_named(code: str) -> Brand:
    """The brand with this code, or a sentence that names those there are."""
    brand = db.first(brand_with_code(code))
    if brand is None:
        codes = ", ".join(db.all_of(select(Brand.code).order_by(Brand.code).limit(20))) or "none yet"
        raise click.ClickException(f'There is no brand "{code}". Brands: {codes}.')
    return brand
