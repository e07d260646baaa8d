#!/usr/bin/env python3
"""Verify a permission receipt with nothing but a public key.

    pip install cryptography
    python3 verify_receipt.py RECEIPT.json PUBLIC_KEY

RECEIPT.json is the body of GET /v1/receipts/{event_id}, saved as it came; PUBLIC_KEY is one `public_key` of
GET /v1/log/keys (64 hexadecimal digits), which you should have kept from somewhere you trust.

It shows four things: the file was not changed by a single byte; its record is the one behind its commitment; the
commitment is an entry of the log (RFC 6962); the log's root was signed by the owner of the key (Ed25519). It needs no
network and trusts nobody. That the log only grew is what /v1/log/consistency proves between two checkpoints.
"""

import hashlib
import hmac
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIXED = {
    "schema_version": "urn:ici:permission-receipt:1",
    "canonicalization": "RFC8785",
    "leaf": "sha256(00||hmac-sha256(salt,jcs(record)))",
}


class Refused(Exception):
    """Why the receipt proves nothing."""


def canonical(value):
    """RFC 8785 for what receipts hold: strings, whole numbers, truth values, lists, objects with ASCII names."""
    spelled = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return spelled.encode()


def unhex(text, size):
    found = bytes.fromhex(text)
    if found.hex() != text or len(found) != size:
        raise Refused("a hash is misspelled")
    return found


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_by(path, leaf, index, size):
    """The root that a leaf and its path lead to (RFC 9162, 2.1.3.2)."""
    if type(index) is not int or type(size) is not int or not 0 <= index < size:
        raise Refused("the place in the log is none")
    last = size - 1
    for sibling in path:
        if last == 0:
            raise Refused("the path is too long")
        if index & 1 or index == last:
            leaf = node(sibling, leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = node(leaf, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise Refused("the path is too short")
    return leaf


def verify(data, public_key):
    """The receipt in these bytes; raises Refused, or ValueError, KeyError, TypeError for what is no receipt at all."""
    try:
        receipt = json.loads(data)
        if canonical(receipt) != data:
            raise Refused("the file is not as it was given: every byte counts")
    except RecursionError:
        raise Refused("it is nested deeper than any receipt") from None
    record, proof = receipt["record"], receipt["proof"]
    event, signed = record["event"], proof["checkpoint"]
    names = (set(receipt), set(proof), set(signed))
    if names != (
        {"schema_version", "receipt_id", "issued_at", "record", "proof"},
        {"canonicalization", "leaf", "salt", "log_id", "leaf_index", "tree_size", "root", "path", "checkpoint"},
        {"alg", "kid", "signed_at", "signature"},
    ):
        raise Refused("it has other parts than a receipt")
    if {name: {**proof, **receipt}.get(name) for name in FIXED} != FIXED:
        raise Refused("it is a receipt of another kind")
    if not (receipt["receipt_id"] == record["record_id"] == event["event_id"]):
        raise Refused("receipt and record do not belong together")
    if receipt["issued_at"] != event["event_time"]:
        raise Refused("it was not issued at the time of its event")
    commitment = hmac.digest(unhex(proof["salt"], 32), canonical(record), "sha256")
    leaf = hashlib.sha256(b"\x00" + commitment).digest()
    path = [unhex(hashed, 32) for hashed in proof["path"]]
    if root_by(path, leaf, proof["leaf_index"], proof["tree_size"]) != unhex(proof["root"], 32):
        raise Refused("the record is not in the log")
    stated = {"type": "checkpoint"}
    stated |= {name: proof[name] for name in ("log_id", "tree_size", "root")}
    stated |= {name: signed[name] for name in ("alg", "kid", "signed_at")}
    try:
        key = Ed25519PublicKey.from_public_bytes(unhex(public_key, 32))
        key.verify(unhex(signed["signature"], 64), canonical(stated))
    except InvalidSignature:
        raise Refused("the root was not signed with this key") from None
    return receipt


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        with open(sys.argv[1], "rb") as file:
            told = verify(file.read(), sys.argv[2])["record"]
    except (Refused, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"Refused: {error}")
    print(
        f"Accepted: {told['event']['event_state']} {told['processing']['touchpoint']} {told['processing']['purpose']}"
    )
