"""What proves to us that a phone holds a pass: a token for each serial, which is derived and so stored nowhere."""

import base64
import hashlib
import hmac

from app import config

LABEL = "apple-pass"


def authentication_token(serial: str) -> str:
    """The token of the pass with this serial: 43 letters, digits, `-` and `_`, always the same."""
    return _token_by(config.current().lasting_key(LABEL), serial)


def is_token(serial: str, token: str) -> bool:
    """Whether this is the token of the pass with this serial, in a time that says nothing of how much of it is right.

    While the secret is changed, a token made with the other one is right as well.
    """
    settings = config.current()
    keys = (settings.lasting_key(LABEL), *settings.accepted_keys(LABEL))
    given = token.encode()
    return any(hmac.compare_digest(_token_by(key, serial).encode(), given) for key in keys)


def _token_by(key: bytes, serial: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, serial.encode(), hashlib.sha256)).decode().rstrip("=")
