"""Codes that change: keys for tills and apps, and what a brand lets spend."""

from datetime import timedelta
from typing import Any

from flask import Response

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.etags import ETAG_HEADER, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.http.pagination import PageIn, link_header, page_of
from wallet.authenticity import patterns, policies, queries, schemas, voucher_keys
from wallet.authenticity.models import CodeShowing
from wallet.passes.codes import read_code
from wallet.passes.errors import NOT_A_CODE, PassUnknown

blueprint = Blueprint("authenticity", __name__, url_prefix="/v1", description="Codes that change, and who may spend")

Body = dict[str, Any]
KEYS_KEPT = timedelta(hours=1)


@blueprint.get("/voucher-keys")
@only(Role.ANYONE)
@blueprint.response(200, schemas.VoucherKeysOut)
def list_voucher_keys() -> Any:
    """The public keys of vouchers: of this quarter, of the next, and of the last while its vouchers live."""
    keys = [
        key._asdict() | {"public_key": key.public_key.hex()} for key in voucher_keys.published_keys(now=clock.now())
    ]
    return {"items": keys}, {"Cache-Control": f"public, max-age={int(KEYS_KEPT.total_seconds())}"}


@blueprint.post("/codes/<string(maxlength=64):code>/window-key")
@only(Role.MEMBER)
@refuses(PassUnknown, *NOT_A_CODE)
@blueprint.response(200, schemas.WindowKeyOut)
def read_window_key(code: str) -> Any:
    """What my app needs to show a code of mine, of a card or a coupon, that changes every 30 seconds.

    It works without a network, and the same key is given to each of my phones. From then on the code by itself finds
    my card but spends nothing, unless the brand lets it. No `Idempotency-Key`: the answer holds a secret, which is kept
    nowhere.
    """
    now = clock.now()
    key = patterns.read_window_key(read_code(code), now=now)
    said = key._asdict() | {"key": key.key.hex(), "shown": patterns.window_code(key, at=now), "now": now}
    return said, {"Cache-Control": "no-store"}


@blueprint.get("/console/code-policy")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
@blueprint.response(200, schemas.CodePolicyOut, headers=ETAG_HEADER)
def show_code_policy() -> Response | tuple[Any, dict[str, str]]:
    """Whether a code that has a changing form may spend by itself."""
    rule = policies.rule_of(brand_id=brand_id())
    return versioned(rule, rule.version)


@blueprint.put("/console/code-policy")
@only(Role.ADMIN)
@idempotent
@needs_match
@blueprint.arguments(schemas.CodePolicyIn)
@blueprint.response(200, schemas.CodePolicyOut, headers=ETAG_HEADER)
def set_code_policy(wish: Body) -> tuple[Any, dict[str, str]]:
    """Let plain codes spend, or not, from now on."""
    said: Body = {"version": matched_version(), "by": principal().id, "now": clock.now()}
    rule = policies.set_rule(brand_id=brand_id(), **wish, **said)
    return written(rule, rule.version)


@blueprint.get("/console/code-alarms")
@only(Role.AUDITOR, Role.ADMIN)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.CodeAlarmsOut)
def list_code_alarms(page: Body) -> Any:
    """What was shown at our tills too late, twice, from an old copy or forged, newest first. It names nobody."""
    found = page_of(queries.alarms_of(brand_id()), sort=CodeShowing.shown_at, id=CodeShowing.id, **page)
    return found, link_header(found)
