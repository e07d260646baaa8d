"""How many statements an answer and the matrix may take, sign-in, key and stored answer included: `BUDGET`."""

import json

import marshmallow as ma
import pytest

from app import clock
from app.consent import matrix
from app.consent.schemas import CellOut, write_matrix
from app.sql import db
from tests.consent.factories import (
    body,
    by_fingerprint,
    cell_address,
    give,
    in_store,
    make_recipient,
    read_words,
    report,
    say_no,
)
from tests.factories import make_brand, make_member, make_store, member_token
from tests.tracing import sent_statements

BUDGET = {"yes": 8, "yes again": 8, "no": 10, "no to what was never asked": 10, "no again": 4, "matrix": 4}


@pytest.fixture
def brand(app):
    return make_brand()


@pytest.fixture
def member(app):
    return make_member()


@pytest.fixture
def phone(anyone, member):
    speaker = anyone.with_token(member_token(member))
    report(speaker)
    return speaker


@pytest.fixture
def yes(brand):
    """A yes to the words that the app has just read."""
    return body(evidence=by_fingerprint(read_words(brand)))


@pytest.fixture
def statements(app):
    """What is sent to the database from now on."""
    with sent_statements() as sent:
        yield sent


def counted(statements, answer):
    assert answer.status_code == 200, answer.json
    return len(statements)


def test_a_yes_keeps_to_its_budget(phone, brand, yes, statements):
    assert counted(statements, phone.put(cell_address(brand), yes)) <= BUDGET["yes"]


def test_a_yes_that_is_renewed_keeps_to_its_budget(phone, member, brand, yes, statements):
    give(member, brand)
    statements.clear()
    assert counted(statements, phone.put(cell_address(brand), yes)) <= BUDGET["yes again"]


def test_a_no_keeps_to_its_budget(phone, member, brand, statements):
    give(member, brand)
    statements.clear()
    assert counted(statements, phone.delete(cell_address(brand))) <= BUDGET["no"]


def test_a_no_to_what_was_never_asked_keeps_to_its_budget(phone, brand, statements):
    assert counted(statements, phone.delete(cell_address(brand))) <= BUDGET["no to what was never asked"]


def test_a_no_that_was_said_already_keeps_to_its_budget(phone, member, brand, statements):
    say_no(member, brand)
    statements.clear()
    assert counted(statements, phone.delete(cell_address(brand))) <= BUDGET["no again"]


def test_the_matrix_keeps_to_its_budget(phone, member, brand, statements):
    give(member, brand)
    statements.clear()
    assert counted(statements, phone.get(f"/v1/permissions?brand={brand.code}")) <= BUDGET["matrix"]


@pytest.fixture
def charts(app, member, brand):
    """Cells that were answered, refused, narrowed, named a recipient or were never asked."""
    make_recipient(brand)
    give(member, brand)
    give(member, brand, scope=in_store(make_store(brand)))
    say_no(member, brand, touchpoint="email", purpose="satisfaction_survey")
    with db.system_transaction():
        return matrix.read_matrix(member_id=member.id, brand_id=brand.id, now=clock.now())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_cell_is_told_as_its_fields_say(app, charts, language):
    with app.test_request_context(headers={"Accept-Language": language}):
        slowly = [ma.Schema.dump(CellOut(), chart) for chart in charts]
        assert json.dumps(CellOut().dump(charts, many=True)) == json.dumps(slowly)


def test_the_matrix_is_written_as_its_fields_say(app, charts):
    with app.test_request_context():
        slowly = {"brand": "acme", "cells": [ma.Schema.dump(CellOut(), chart) for chart in charts]}
        for _ in range(2):  # the second time from what is kept
            assert write_matrix(brand="acme", cells=charts).data == app.json.response(slowly).data
