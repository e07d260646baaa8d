"""Doors of private matching: bundles for everybody, and a member's own facts for their phone."""

from typing import Any

from flask import Response, request

from app import clock
from app.accounts.errors import BrandUnknown
from app.consent.errors import PermissionMissing
from app.http.access import Role, only, principal
from app.http.api import Blueprint, refuses
from app.http.etags import ETAG_HEADER, may_be_unmodified
from geo.private.errors import CellTooCoarse, CellTooFine, CellTooFull, CellTooSparse, CellUnknown
from offers.bundles import own_facts, shelf
from offers.bundles.errors import CatalogueTooLarge
from offers.bundles.schemas import BundleOut, OwnFactsOut
from offers.bundles.shelf import Bundle

blueprint = Blueprint("bundles", __name__, url_prefix="/v1", description="Offers that the phone matches itself")

KEPT_S = 300
"""How long whoever has a bundle need not ask whether it still holds."""


@blueprint.get("/bundles/brands/<code>")
@only(Role.ANYONE)
@refuses(BrandUnknown, CatalogueTooLarge)
@may_be_unmodified
@blueprint.response(200, BundleOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def read_brand_bundle(code: str) -> Response:
    """Every store and offer of a brand, in both languages. Who asks says nothing of where they are."""
    return _answer(shelf.brand_bundle(code))


@blueprint.get("/bundles/cells/<cell>")
@only(Role.ANYONE)
@refuses(CellUnknown, CellTooFine, CellTooCoarse, CellTooSparse, CellTooFull)
@may_be_unmodified
@blueprint.response(200, BundleOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def read_cell_bundle(cell: str) -> Response:
    """Every store and offer in a cell (H3, resolution 3 to 6) and the cells around it, in both languages."""
    return _answer(shelf.cell_bundle(cell))


@blueprint.get("/bundle-facts")
@only(Role.MEMBER)
@refuses(*PermissionMissing.__subclasses__())
@blueprint.response(200, OwnFactsOut)
def read_bundle_facts() -> dict[str, Any]:
    """What my phone must know of me to match the offers of bundles by itself. It says no place, and asks for none."""
    someone = principal()
    return own_facts.read_own_facts(member_id=someone.id, session_id=someone.session_id, now=clock.now())


def _answer(bundle: Bundle) -> Response:
    """The bundle, or 304 for who has it. No answer depends on anything else that a request says."""
    is_packed = _takes_gzip(request.headers.get("Accept-Encoding", ""))
    headers = [
        ("Cache-Control", f"public, max-age={KEPT_S}"),
        ("ETag", f'"{bundle.tag}-gzip"' if is_packed else f'"{bundle.tag}"'),
        ("JWS-Signature", bundle.signature),
        ("Vary", "Accept-Encoding"),
    ]
    # The tag is a fingerprint, which is in no other tag: weakened, packed or among others, it is found as it is.
    had = request.headers.get("If-None-Match", "")
    if bundle.tag in had or had == "*":
        return Response(status=304, headers=headers)
    if is_packed:
        headers.append(("Content-Encoding", "gzip"))
    return Response(bundle.packed if is_packed else bundle.body, headers=headers, mimetype="application/json")


def _takes_gzip(said: str) -> bool:
    """Whether a request takes gzip; what has preferences in it is read in full."""
    return "gzip" in said and (";" not in said or request.accept_encodings["gzip"] > 0)
