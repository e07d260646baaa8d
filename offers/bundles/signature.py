"""The signature of a bundle: a detached JWS (RFC 7515 appendix F) by the key that signs the log (Ed25519, RFC 8037).

It covers the very bytes of the body, so that nobody who checks it need read JSON first; any library of JOSE does. It
cannot be taken for a statement of the log: what is signed there begins with a brace, and this with base64.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.receipts import signatures

KIND = "ici-bundle+jws"


def sign_bundle(body: bytes) -> str:
    """The detached signature: `header..signature`."""
    header = _encode(orjson.dumps({"alg": "EdDSA", "kid": signatures.key_id(signatures.public_key()), "typ": KIND}))
    signed = signatures.private_key().sign(header + b"." + _encode(body))
    return f"{header.decode()}..{_encode(signed).decode()}"


def is_bundle_signed(body: bytes, signature: str, *, public_key: bytes) -> bool:
    """Whether the owner of this key signed these bytes."""
    header, _, signed = signature.partition("..")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            urlsafe_b64decode(signed + "=="), header.encode() + b"." + _encode(body)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
