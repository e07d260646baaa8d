"""`ici sinks`: an operator makes a sink, enables it under a contract, and sees how it does."""

import pytest
from click.testing import CliRunner

from app.commands import preparation
from app.commands.sinks import sinks
from tests.messages.factories import make_sink

NEW = ["--url", "https://crm.example.org/ici", "--country", "FR", "--purpose", "partner_offers"]


@pytest.fixture(autouse=True)
def connected(monkeypatch):
    """The tests' database is open already."""
    monkeypatch.setattr(preparation, "connect", lambda: None)


def call(*words):
    return CliRunner().invoke(sinks, list(words))


def test_a_sink_is_made_and_told_its_key(brand):
    said = call("add", "crm", "--brand", brand.code, *NEW)
    assert (said.exit_code, "whsec_" in said.output) == (0, True)


def test_its_key_is_told_again(brand):
    made = call("add", "crm", "--brand", brand.code, *NEW)
    assert call("key", "crm", "--brand", brand.code).output.strip() == made.output.strip().rpartition(" ")[2]


def test_a_new_sink_is_disabled(brand):
    call("add", "crm", "--brand", brand.code, *NEW)
    assert f"{brand.code}/crm  disabled  contract none" in call().output


def test_a_sink_without_a_contract_is_not_enabled(brand):
    call("add", "crm", "--brand", brand.code, *NEW)
    said = call("enable", "crm", "--brand", brand.code)
    assert (said.exit_code, "no contract" in said.output) == (1, True)


def test_a_sink_with_a_contract_is(brand):
    call("add", "crm", "--brand", brand.code, *NEW)
    assert call("enable", "crm", "--brand", brand.code, "--contract", "DPA-7").exit_code == 0
    assert f"{brand.code}/crm  enabled  contract DPA-7" in call().output


def test_a_sink_is_disabled(brand):
    sink = make_sink(brand)
    assert call("disable", sink.code, "--brand", brand.code).exit_code == 0
    assert f"{brand.code}/{sink.code}  disabled" in call().output


@pytest.mark.parametrize("words", [["disable", "nothing"], ["enable", "nothing"]])
def test_a_sink_that_is_not_there_is_said_in_a_sentence(brand, words):
    said = call(*words, "--brand", brand.code)
    assert (said.exit_code, said.output) == (1, "Error: There is no sink nothing.\n")


def test_a_brand_that_is_not_there_too():
    assert call("enable", "crm", "--brand", "nobody").output == "Error: There is no brand nobody.\n"
