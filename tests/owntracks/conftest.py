"""Phones that report by OwnTracks, of members who permit it or do not."""

import pytest

from app import clock
from tests.consent.factories import give
from tests.factories import make_store
from tests.owntracks.factories import KIND, OwntracksPhone, draw_fence


@pytest.fixture
def store(brand):
    return make_store(brand)


@pytest.fixture
def fence(brand, store):
    return draw_fence(brand, store)


@pytest.fixture
def permitted(member, brand):
    """The member permits the brand to know of its fences."""
    return give(member, brand, now=clock.now(), **KIND)


@pytest.fixture
def phone(speaker):
    return OwntracksPhone(speaker)


@pytest.fixture
def reported(monkeypatch):
    """What presence was told, instead of telling it."""
    told = []

    def take_report(**said):
        told.append(said)

    monkeypatch.setattr("geo.owntracks.exchange.reports.take_report", take_report)
    return told
