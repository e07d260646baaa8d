"""Puts the application together: the kernel, then every room's door. With `app.cli`, the only kernel module that
imports the domains."""

import importlib
import importlib.util
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
import structlog
from flask import Flask, Request, Response, g, request
from flask.sessions import NullSession, SessionInterface, SessionMixin
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from app import clock, config, logs
from app.accounts import tokens
from app.config import Config
from app.consent import standing
from app.consent.ledger import listeners
from app.edge.compression import Compression
from app.edge.origins import WebOrigins
from app.errors import Problem
from app.http import access, api, etags, idempotency, problems
from app.http.api import Api
from app.http.fields import Number, Segment
from app.http.reading import BoundedRequest, require_json
from app.identity import moves
from app.lanes.lanes import STOPPED, Lanes, LaneStopped
from app.ops import health, heartbeats, signs
from app.rights.export import access_export, portable_data, restoration
from app.sql import db
from app.staff.cashiers import pins
from offers.deciding import lane as nearby
from offers.learning.segments import membership
from offers.offline import late_acts
from offers.pass_facts import fields
from offers.planning.audiences import segments
from offers.triggers import lane as sightings
from wallet.apple import identities
from wallet.apple.lane import PhoneLane
from wallet.issued import listeners as pass_listeners
from wallet.issued import sources, wallets
from wallet.product_lists import usage
from wallet.programmes.rewards import catalogue

ROOMS = (
    "app.accounts",
    "app.accounts.black_box",
    "app.identity",
    "app.phones",
    "app.carriers",
    "app.staff",
    "app.staff.assignments",
    "app.staff.cashiers",
    "app.access_log",
    "app.pictures",
    "app.showcase",
    "app.consent",
    "app.family",
    "app.receipts",
    "app.messages",
    "app.rights",
    "geo.places",
    "geo.fences",
    "geo.zones",
    "geo.beacons",
    "geo.presence",
    "geo.owntracks",
    "geo.private",
    "geo.availability",
    "wallet.ledger",
    "wallet.points",
    "wallet.cards",
    "wallet.externals",
    "wallet.households",
    "wallet.employment",
    "wallet.purchases",
    "wallet.product_lists",
    "wallet.passes",
    "wallet.authenticity",
    "wallet.scanning",
    "wallet.programmes",
    "wallet.stamps",
    "wallet.merges",
    "wallet.counter",
    "wallet.gift_cards",
    "wallet.designs",
    "wallet.issued",
    "wallet.apple",
    "wallet.google",
    "wallet.google.callbacks",
    "offers.benefits",
    "offers.planning",
    "offers.planning.caps",
    "offers.planning.audiences",
    "offers.planning.spending",
    "offers.planning.schedules",
    "offers.planning.review",
    "offers.planning.seasons",
    "offers.coupons",
    "offers.manufacturers",
    "offers.manufacturers.clearing",
    "offers.checkout",
    "offers.learning",
    "offers.learning.values",
    "offers.deciding",
    "offers.deciding.policies",
    "offers.deciding.dismissals",
    "offers.regions",
    "offers.triggers",
    "offers.bundles",
    "offers.around",
    "offers.rehearsal",
    "offers.rehearsal.explanations",
    "offers.replay_lab",
    "offers.results",
    "offers.leaflets",
    "offers.gestures",
    "offers.pass_facts",
    "offers.offline",
    "offers.greetings",
    "offers.tills",
    "offers.slips",
)
"""Every room, in the order of the house. A room's kinds of file are found by their names."""

BODY_LIMIT_BYTES = 256 * 1024

Job = Callable[..., int]
View = Callable[..., Any]


class NoSessions(SessionInterface):
    """Who asks is said by each request; nothing is kept in a cookie, so none is read, signed or written."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """A session that holds nothing and takes nothing."""
        return NullSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """There is nothing to keep."""


class Ici(Flask):
    """Flask with one transaction around the dispatch of each request.

    An exception raised here, by the view or by the commit itself, still reaches the error handlers.
    """

    session_interface = NoSessions()
    request_class = BoundedRequest

    def ensure_sync(self, func: View) -> View:
        """The view itself: none of ours is a coroutine, and Flask would look again at each call."""
        return func

    def dispatch_request(self) -> Any:
        if request.endpoint in health.WITHOUT_DATABASE or request.routing_exception is not None:
            return super().dispatch_request()
        stopped: LaneStopped | None = request.environ.get(STOPPED)
        if stopped is not None:
            if stopped.principal is not None:
                g.principal = stopped.principal
            raise stopped.error
        with db.transaction():
            return super().dispatch_request()

    def largest_body(self, environ: dict[str, Any]) -> int:
        """How many bytes of a body are worth reading: those of a file when its view takes one, and only from who has a
        token that proves itself, a member or the console; those of others only the database knows."""
        try:
            endpoint, _ = self.create_url_adapter(self.request_class(environ)).match()  # type: ignore[union-attr]
            is_known = tokens.proves_itself(environ.get("HTTP_AUTHORIZATION", ""), now=clock.now())
        except (HTTPException, Problem):
            return BODY_LIMIT_BYTES
        most: int | None = getattr(self.view_functions[str(endpoint)], "takes_file", None)
        return most if most and is_known else BODY_LIMIT_BYTES


def create_app(settings: Config | None = None) -> Ici:
    """The WSGI application, with the doors of every room.

    Raises `ConfigIncomplete` with the names of all missing settings.
    """
    settings = settings or Config.load()
    config.use_config(settings)
    access.use_doorkeeper(tokens.admit_bearer)
    access.use_terminal_guard(pins.guard_terminal)
    logs.configure()
    identities.load_identities()
    limits = settings.database_limits
    db.connect(settings.database_url, settings=db.ONE_PLAN, limits=limits, pool_size=settings.pool_size)
    app = Ici("ici", static_folder=None)
    app.config.update(
        API_TITLE="Ici",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS=api.DESCRIPTION,
        MAX_CONTENT_LENGTH=BODY_LIMIT_BYTES,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # An address is one text: no redirect from `//v1//cards`, nothing in it that no database could hold.
    app.url_map.merge_slashes = False
    app.url_map.converters["string"] = app.url_map.converters["default"] = Segment
    app.url_map.converters["number"] = Number
    import_models()
    _watch_requests(app)
    door = Api(app)
    for room in _files("routes"):
        door.register_blueprint(room.blueprint)
    door.describe()
    for room in _files("pages"):
        app.register_blueprint(room.blueprint)
    app.register_blueprint(health.blueprint(door))
    signs.WATCHES.clear()
    for room in _files("jobs"):
        signs.WATCHES.update(getattr(room, "WATCHES", {}))
    signs.WATCHES["jobs"] = partial(_watch_jobs, turns(heartbeats.USUAL_S))
    app.register_error_handler(Problem, problems.render_problem)
    for family in (DBAPIError, psycopg.Error, PoolTimeout):
        app.register_error_handler(family, problems.render_database_error)
    app.register_error_handler(Exception, problems.render_fault)
    if config.current().proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.current().proxies, x_proto=0)  # type: ignore[method-assign]
    lanes = [nearby.make_lane(), sightings.make_lane()]
    app.wsgi_app = Lanes(PhoneLane(Compression(app.wsgi_app)), lanes)  # type: ignore[method-assign]
    if settings.web_origins:
        app.wsgi_app = WebOrigins(app.wsgi_app, origins=settings.web_origins)  # type: ignore[method-assign]
    return app


def import_models() -> None:
    """Load every table, so that `Base.metadata` is complete, and every refusal, so that the list of codes is.

    Whoever may write permissions calls this, so it also lets the rooms that follow the ledger do so, and those that
    have something to carry away or to give back (portability), or to bring when two wallets become one.
    """
    for kind in ("models", "errors"):
        for _ in _files(kind):
            pass
    portable_data.SOURCES[:] = [room.promotions for room in _files("portability") if hasattr(room, "promotions")]
    portable_data.BASKETS[:] = [room.purchases for room in _files("portability") if hasattr(room, "purchases")]
    access_export.SPEAKERS[:] = [room.speak_rows for room in _files("portability") if hasattr(room, "speak_rows")]
    restoration.RESTORERS[:] = [room.restore for room in _files("portability") if hasattr(room, "restore")]
    segments.SOURCES[:] = [membership.SOURCE]
    sources.SOURCES[:] = [fields.read_fields]
    # The highest room first: the order in which locks are taken.
    catalogue.GIVERS |= {room.KIND: room for room in _files("on_reward")}
    moves.MERGERS[:] = [moves.Merger(room.merge, room.split) for room in reversed(_files("on_merge"))]
    on_pass = _files("on_pass")
    pass_listeners.AFTER_PASS_CHANGED[:] = [room.follow_passes for room in on_pass]
    pass_listeners.AFTER_PASS_MOVED[:] = [room.move_passes for room in on_pass if hasattr(room, "move_passes")]
    wallets.WALLETS |= {room.NAME: room.add_pass for room in on_pass}
    usage.READERS[:] = _files("on_product_list")
    late_acts.JUDGES[:] = [room.judge_late_act for room in _files("on_late_act")]
    following = _files("on_permission")
    standing.FOLLOWERS[:] = [room.follow_standing for room in following if hasattr(room, "follow_standing")]
    listeners.FOLLOWERS[:] = [listeners.Follower(room.follow, room.follow_all) for room in following]


def jobs() -> dict[str, Job]:
    """The background jobs of every room by name. Each takes `now=` and returns how many things it touched."""
    found: dict[str, Job] = {"idempotency.forget_expired": idempotency.forget_expired}
    for room in _files("jobs"):
        found |= {f"{room.__name__.removesuffix('.jobs')}.{job.__name__}": job for job in room.JOBS}
    return found


def cadences() -> dict[str, int]:
    """How often a job must run, in seconds, by its name; those that say nothing run when the others do."""
    return {
        f"{room.__name__.removesuffix('.jobs')}.{name}": seconds
        for room in _files("jobs")
        for name, seconds in getattr(room, "EVERY_S", {}).items()
    }


def turns(usual_s: float) -> dict[str, float]:
    """How often each job runs, in seconds, by its name; `usual_s` for those whose room says nothing."""
    return dict.fromkeys(jobs(), usual_s) | cadences()


def _watch_jobs(every_s: Mapping[str, float], now: datetime) -> signs.Sign:
    return heartbeats.watch_jobs(every_s, now=now)


def _files(kind: str) -> list[Any]:
    """The files of this kind, for the rooms that have one."""
    return [importlib.import_module(f"{room}.{kind}") for room in ROOMS if importlib.util.find_spec(f"{room}.{kind}")]


def _watch_requests(app: Flask) -> None:
    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=problems.request_id())
        if request.routing_exception is None:
            require_json()

    @app.after_request
    def finish(response: Response) -> Response:
        said = {name.lower() for name, _ in response.headers}
        for name, value in problems.COMMON_HEADERS.items():
            if name.lower() not in said:
                response.headers.add(name, value)
        etags.tag_content(response)
        problems.tell_language(response)
        response.headers["X-Request-Id"] = problems.request_id()
        health.observe(response, seconds=time.perf_counter() - g.get("started", time.perf_counter()))
        return response
