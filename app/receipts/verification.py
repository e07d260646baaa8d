"""Verify a receipt with a public key and nothing else. Pure: no database, no network, no trust in who hands it over.

Every byte counts: the file must be canonical JSON (RFC 8785), as the API sends it, and each of its values is either
fixed, or bound by the commitment, by the path to the root, or by the signature under the root. So a receipt that was
changed anywhere is refused, even by a space. `docs/verify_receipt.py` says the same in one file for anybody.
"""

from collections.abc import Mapping
from typing import Any

from app import canonical
from app.receipts import merkle, signatures
from app.receipts.issuance import commitment
from app.receipts.presentation import CANONICALIZATION, LEAF, SCHEMA_VERSION

WHOLE = {"schema_version", "receipt_id", "issued_at", "record", "proof"}
PROOF = {"canonicalization", "leaf", "salt", "log_id", "leaf_index", "tree_size", "root", "path", "checkpoint"}
CHECKPOINT = {"alg", "kid", "signed_at", "signature"}
LONGEST_PATH = 64


class ReceiptRefused(Exception):
    """What is wrong with a receipt, in one sentence."""


def verify_receipt(data: bytes, *, keys: Mapping[str, bytes]) -> Mapping[str, Any]:
    """The receipt in these bytes, if a checkpoint that one of these keys signed holds its record.

    `keys` are public keys (32 bytes) by their `kid`. Raises `ReceiptRefused`.
    """
    try:
        receipt = canonical.read_json(data)
    except ValueError as error:
        raise ReceiptRefused("This is not a receipt as it was given: not canonical JSON.") from error
    try:
        _check_shape(receipt)
        _check_log(receipt["record"], receipt["proof"], keys=keys)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ReceiptRefused("This is not a receipt of ours: a part is missing or of the wrong kind.") from error
    return receipt  # type: ignore[no-any-return]


def _check_shape(receipt: Mapping[str, Any]) -> None:
    record, proof = receipt["record"], receipt["proof"]
    if (set(receipt), set(proof), set(proof["checkpoint"])) != (WHOLE, PROOF, CHECKPOINT):
        raise ReceiptRefused("This is not a receipt of ours: it has other parts.")
    if (receipt["schema_version"], proof["canonicalization"], proof["leaf"]) != (
        SCHEMA_VERSION,
        CANONICALIZATION,
        LEAF,
    ):
        raise ReceiptRefused("This is a receipt of another kind.")
    if not receipt["receipt_id"] == record["record_id"] == record["event"]["event_id"]:
        raise ReceiptRefused("The receipt and its record do not belong together.")
    if receipt["issued_at"] != record["event"]["event_time"]:
        raise ReceiptRefused("The receipt was not issued at the time of its event.")


def _check_log(record: Mapping[str, Any], proof: Mapping[str, Any], *, keys: Mapping[str, bytes]) -> None:
    signed, root = proof["checkpoint"], canonical.read_hex(proof["root"], size=32)
    leaf = merkle.leaf_hash(commitment(canonical.write_json(record), canonical.read_hex(proof["salt"], size=32)))
    path = [canonical.read_hex(hashed, size=32) for hashed in proof["path"]]
    index, size = proof["leaf_index"], proof["tree_size"]
    if type(index) is not int or type(size) is not int or len(path) > LONGEST_PATH:
        raise ReceiptRefused("The place in the log is none.")
    if not merkle.includes(leaf=leaf, index=index, size=size, path=path, root=root):
        raise ReceiptRefused("The record is not in the log: it was changed, or belongs to another log.")
    if signed["kid"] not in keys:
        raise ReceiptRefused(f"The checkpoint was signed with another key ({signed['kid']!s:.40}).")
    stated = {
        "type": "checkpoint",
        **{name: proof[name] for name in ("log_id", "tree_size", "root")},
        **{name: signed[name] for name in ("alg", "kid", "signed_at")},
    }
    public = keys[signed["kid"]]
    if not signatures.is_signed(stated, canonical.read_hex(signed["signature"], size=64), public_key=public):
        raise ReceiptRefused("The signature under the log is not that key's.")
