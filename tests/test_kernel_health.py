"""What operators and developers ask: is it alive, is it ready, how is it doing, what is there, what is this code."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse

from app import clock, config
from app.config import Config
from app.errors import every_problem
from app.factory import Ici
from app.ops import health
from app.ops.database import migrations_head
from app.settings import ConfigIncomplete
from tests.crowding import no_database, other_connections
from tests.factories import make_member, member_token
from tests.speaking import Speaker

CODES = sorted({problem.code() for problem in every_problem()})


@pytest.fixture
def database_away(settings: Config) -> Iterator[None]:
    with no_database(settings):
        yield


@pytest.fixture
def database_empty(settings: Config) -> Iterator[None]:
    """A database that answers, and was never migrated."""
    address, _, rest = settings.database_url.partition("?")
    with other_connections(f"{address.rpartition('/')[0]}/postgres?{rest}"):
        yield


def test_it_is_alive(anyone: Speaker) -> None:
    assert anyone.get("/livez").get_json() == {"status": "alive"}


@pytest.mark.usefixtures("database_away")
def test_it_is_alive_without_its_database(anyone: Speaker) -> None:
    assert anyone.get("/livez").status_code == 200


def test_it_is_ready(anyone: Speaker) -> None:
    answer = anyone.get("/readyz")
    assert (answer.status_code, answer.get_json()["details"]) == (
        200,
        {"database": "ok", "migrations": "ok", "erasures": "ok", "noes": "ok"},
    )


@pytest.mark.usefixtures("database_away")
def test_it_is_not_ready_without_its_database(anyone: Speaker) -> None:
    answer = anyone.get("/readyz")
    assert (answer.status_code, answer.get_json()["details"]) == (503, {"database": "unreachable"})


def test_it_is_not_ready_for_a_database_of_another_version(anyone: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "expected_head", lambda: "9999")
    answer = anyone.get("/readyz")
    assert answer.status_code == 503
    assert "this code expects 9999" in answer.get_json()["details"]["migrations"]


def test_it_serves_on_the_tables_of_a_later_release_and_says_so(
    anyone: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "is_newer", lambda head: True)
    monkeypatch.setattr(health, "expected_head", lambda: "0001")
    answer = anyone.get("/readyz")
    assert (answer.status_code, answer.get_json()["details"]["migrations"]) == (200, "ok")
    assert "newer than this code, which expects 0001" in answer.get_json()["alarms"]["migrations"]


def test_a_later_release_is_one_whose_tables_we_do_not_know() -> None:
    assert [migrations_head.is_newer(head) for head in ("9999", "0001", migrations_head.expected_head(), None)] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.usefixtures("database_empty")
def test_it_is_not_ready_for_a_database_without_tables(anyone: Speaker) -> None:
    answer = anyone.get("/readyz")
    assert (answer.status_code, answer.get_json()["details"]["database"]) == (503, "not migrated")


def counted(anyone: Speaker, name: str, **labels: str) -> float:
    """The value of a metric."""
    families = text_string_to_metric_families(anyone.get("/metrics").get_data(as_text=True))
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


def test_requests_are_counted_by_route_and_status(anyone: Speaker) -> None:
    labels = {"method": "GET", "route": "/v1/me", "status": "401"}
    before = counted(anyone, "ici_request_seconds_count", **labels)
    anyone.get("/v1/me")
    assert counted(anyone, "ici_request_seconds_count", **labels) == before + 1


def test_refusals_are_counted_by_code(anyone: Speaker) -> None:
    before = counted(anyone, "ici_refusals_total", code="unauthenticated")
    anyone.get("/v1/me")
    assert counted(anyone, "ici_refusals_total", code="unauthenticated") == before + 1


def test_time_is_measured(anyone: Speaker) -> None:
    anyone.get("/livez")
    assert counted(anyone, "ici_request_seconds_sum", method="GET", route="/livez") > 0


def test_metrics_do_not_grow_with_the_addresses_that_strangers_try(anyone: Speaker) -> None:
    anyone.get("/v1/whatever-comes-to-mind")
    assert "whatever-comes-to-mind" not in anyone.get("/metrics").get_data(as_text=True)


def test_metrics_hold_no_ids(anyone: Speaker) -> None:
    member = anyone.with_token(member_token(make_member()))
    member.get("/v1/cards/01a20122-720f-74cd-9381-c40f0977734f")
    assert "01a20122" not in anyone.get("/metrics").get_data(as_text=True)


class Sources(HTMLParser):
    """The addresses that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("src", "href") and value]


def sources(anyone: Speaker) -> list[str]:
    parser = Sources()
    parser.feed(anyone.get("/docs").get_data(as_text=True))
    return parser.found


def test_the_documentation_page_loads_nothing_from_elsewhere(anyone: Speaker) -> None:
    assert sources(anyone)
    assert all(re.match(r"/[^/]", source) for source in sources(anyone))


def test_whatever_the_documentation_page_loads_is_served(anyone: Speaker) -> None:
    for source in sources(anyone):
        with anyone.get(source) as answer:
            assert (answer.status_code, len(answer.get_data()) > 100) == (200, True), source


def test_the_documentation_page_may_load_from_us_only(anyone: Speaker) -> None:
    policy = anyone.get("/docs").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/docs/nothing.js", "/docs/../app/db.py", "/docs/%2e%2e/%2e%2e/setup.py"])
def test_the_documentation_serves_its_own_files_only(anyone: Speaker, path: str) -> None:
    assert anyone.get(path).status_code == 404


def test_the_document_is_served_without_the_database(anyone: Speaker, settings: Config) -> None:
    with no_database(settings):
        answer = anyone.get("/openapi.json")
    assert answer.get_json()["openapi"].startswith("3.1")


def test_the_document_is_not_sent_to_who_has_it(anyone: Speaker) -> None:
    first = anyone.get("/openapi.json")
    again = anyone.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert again.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_code_has_a_page_that_explains_it(anyone: Speaker, language: str) -> None:
    pages = {code: anyone.get(f"/problems/{code}", headers={"Accept-Language": language}) for code in CODES}
    assert {code: page.status_code for code, page in pages.items()} == dict.fromkeys(CODES, 200)
    assert all(page.get_json()["title"] for page in pages.values())


def test_the_address_of_a_problem_is_that_page(anyone: Speaker) -> None:
    problem = anyone.get("/v1/me").get_json()
    assert anyone.get(problem["type"]).get_json()["code"] == problem["code"]


def test_an_unknown_code_has_no_page(anyone: Speaker) -> None:
    assert anyone.get("/problems/whatever").status_code == 404


@pytest.mark.usefixtures("database_away")
def test_a_code_is_explained_without_the_database(anyone: Speaker) -> None:
    assert anyone.get("/problems/database_unavailable").status_code == 200


def told_to(contact: str | None, anyone: Speaker, settings: Config) -> TestResponse:
    config.use_config(replace(settings, security_contact=contact, public_url="https://ici.example/"))
    try:
        return anyone.get("/.well-known/security.txt")
    finally:
        config.use_config(settings)


def test_whoever_found_a_hole_learns_whom_to_tell(anyone: Speaker, settings: Config) -> None:
    answer = told_to("mailto:security@ici.example", anyone, settings)
    assert answer.mimetype == "text/plain"
    assert "Contact: mailto:security@ici.example\n" in answer.text
    assert "Canonical: https://ici.example/.well-known/security.txt\n" in answer.text


def test_what_it_says_holds_for_less_than_a_year(anyone: Speaker, settings: Config) -> None:
    said = told_to("mailto:security@ici.example", anyone, settings).text.partition("Expires: ")[2].partition("\n")[0]
    assert timedelta(days=30) < datetime.fromisoformat(said) - clock.now() < timedelta(days=365)


def test_nobody_is_named_who_was_not_set(anyone: Speaker, settings: Config) -> None:
    assert told_to(None, anyone, settings).status_code == 404


@pytest.mark.parametrize("contact", ["security@ici.example", "http://ici.example/holes", "mailto:a b@ici.example"])
def test_a_contact_that_no_program_can_follow_is_refused_at_start(contact: str) -> None:
    given = {"ICI_ENV": "test", "ICI_DATABASE_URL": "x", "ICI_SECRET": "s" * 32, "ICI_SECURITY_CONTACT": contact}
    with pytest.raises(ConfigIncomplete, match="ICI_SECURITY_CONTACT"):
        Config.load(given)


def test_every_open_view_is_meant_to_be(app: Ici) -> None:
    open_views = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.rule.startswith("/v1/")}
    assert open_views == {
        *(f"health.{name}" for name in ("livez", "readyz", "metrics", "document", "docs", "docs_asset", "problem")),
        "health.security_txt",
        *(f"events_pages.{name}" for name in ("show_stop", "press_stop")),
        *(f"consent_pages.{name}" for name in ("show_confirmation", "press_confirmation")),
        "google_callbacks.take_callback",
        "google_wallet.open_save_link",
        *(f"apple_wallet.{name}" for name in ("register_copy", "unregister_copy", "list_changed", "fetch_pass")),
        *(f"apple_wallet.{name}" for name in ("take_logs", "open_link")),
        "leaflet_pages.print_leaflet",
        "tag_pages.show_tag",
        *(f"staff_pages.{name}" for name in ("show_password_form", "send_password_form")),
    }
