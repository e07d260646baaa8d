"""The link by which a member takes a pass into Google Wallet: a signed text that names an object which is there already.

It names the object and nothing else: a text with the pass in it would be too long for some browsers, and would carry
the secret of a changing code in an address. Source: Google Wallet, "Issuing passes with JWTs"; "Rotating barcodes".
"""

from datetime import datetime
from urllib.parse import urlsplit

from google.auth import jwt

from app import config
from app.config import GoogleAccess
from wallet.google import accounts
from wallet.issued.models import PassKind

LONGEST = 1800
"""Characters of an address that every browser takes, as Google's guide says."""
IN_LINK = {PassKind.CARD: "loyaltyObjects", PassKind.COUPON: "offerObjects"}


def sign_save_link(*, object_id: str, class_id: str, kind: str, known: GoogleAccess, now: datetime) -> str:
    """The address that offers the pass to whoever opens it. Google lets the first of them have it."""
    ours = urlsplit(config.current().public_url)
    claims = {
        "iss": known.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(now.timestamp()),
        "origins": [f"{ours.scheme}://{ours.netloc}"],
        "payload": {IN_LINK[PassKind(kind)]: [{"id": object_id, "classId": class_id}]},
    }
    signed = jwt.encode(accounts.signer_of(known), claims)  # type: ignore[no-untyped-call]
    link = f"{accounts.addresses(known).pay}/gp/v/save/{signed.decode()}"
    if len(link) >= LONGEST:
        raise RuntimeError("a link that browsers would cut")
    return link
