"""Passes to examine: one that is sound, and each with something done to it."""

import copy
import hashlib
import json
import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from tests.doctor.authority import NOW, TEAM, TYPE, YEAR, Certified, roots, usual_certificate
from wallet.doctor.ailments import Grade
from wallet.doctor.examination import Examination, examine_pass

BARCODE = {"format": "PKBarcodeFormatQR", "message": "7QK3-9XMA", "messageEncoding": "iso-8859-1"}
CONTENT: dict[str, Any] = {
    "formatVersion": 1,
    "passTypeIdentifier": TYPE,
    "teamIdentifier": TEAM,
    "serialNumber": "qV3kPz8xW1nL5tYb0RdGhA",
    "organizationName": "Maison Lilas",
    "description": "Carte Lilas",
    "webServiceURL": "https://passes.lilas.example/apple",
    "authenticationToken": "hX2mQ9vT4cLr7sKd1fBw8nZpY5jGa3eU6oRiV0tCqMx",
    "backgroundColor": "rgb(32, 16, 64)",
    "foregroundColor": "rgb(255, 255, 255)",
    "labelColor": "rgb(220, 210, 240)",
    "barcodes": [BARCODE],
    "barcode": BARCODE,
    "locations": [{"latitude": 48.8809, "longitude": 2.3553, "relevantText": "near"}],
    "beacons": [{"proximityUUID": "f7826da6-4fa2-4e98-8024-bc5b71e0893e", "relevantText": "near"}],
    "expirationDate": (NOW + YEAR).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
    "storeCard": {
        "headerFields": [{"key": "points", "label": "points", "value": "1 250", "changeMessage": "now"}],
        "primaryFields": [{"key": "tier", "label": "tier", "value": "Or"}],
        "backFields": [{"key": "terms", "label": "terms", "value": "…"}],
    },
}
WORDS = {
    "fr": {"points": "Points", "now": "Vos points : %@", "tier": "Statut", "terms": "Conditions", "near": "Bonjour !"},
    "en": {"points": "Points", "now": "Your points: %@", "tier": "Tier", "terms": "Terms", "near": "Hello!"},
}
CONTENT["storeCard"]["headerFields"][0]["changeMessage"] = "points: %@"
for words in WORDS.values():
    words["points: %@"] = words.pop("now")


def png(width: int, height: int) -> bytes:
    """A picture of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    dots = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", dots) + chunk(b"IEND", b"")


def strings(words: Mapping[str, str]) -> bytes:
    return "".join(f'"{key}" = "{said}";\n' for key, said in words.items()).encode()


def content_with(path: str = "", value: Any = None, **changes: Any) -> dict[str, Any]:
    """The content of the sound pass, with other top keys, or another value deep inside: `storeCard/primaryFields/0`.

    None takes a key away.
    """
    content = copy.deepcopy(CONTENT) | changes
    content = {key: one for key, one in content.items() if one is not None}
    if path:
        *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        at: Any = content
        for part in way:
            at = at[part]
        if value is None:
            del at[last]
        else:
            at[last] = value
    return content


def members_with(content: Any = None, **changes: bytes | None) -> dict[str, bytes]:
    """The members of the sound pass, unsealed, with others beside them; None takes one away."""
    written = content if isinstance(content, bytes) else json.dumps(content or CONTENT, ensure_ascii=False).encode()
    members: dict[str, bytes | None] = {
        "pass.json": written,
        **{f"icon{at}.png": png(38 * scale, 38 * scale) for at, scale in (("", 1), ("@2x", 2), ("@3x", 3))},
        **{f"logo{at}.png": png(120 * scale, 40 * scale) for at, scale in (("", 1), ("@2x", 2), ("@3x", 3))},
        **{f"{language}.lproj/pass.strings": strings(said) for language, said in WORDS.items()},
        **changes,
    }
    return {name: one for name, one in members.items() if one is not None}


def manifest_of(members: Mapping[str, bytes]) -> bytes:
    listed = {name: hashlib.sha1(one).hexdigest() for name, one in members.items() if name != "signature"}
    return json.dumps(listed, indent=1).encode()


DETACHED = (PKCS7Options.DetachedSignature, PKCS7Options.Binary)


def signature_of(manifest: bytes, *, by: Certified | None = None, options: Any = DETACHED, beside: Any = None) -> bytes:
    """A signature, with the intermediate beside the signer unless others are."""
    signer = by or usual_certificate()
    builder = PKCS7SignatureBuilder().set_data(manifest).add_signer(signer.certificate, signer.key, SHA256())
    for certificate in signer.above[:1] if beside is None else beside:
        builder = builder.add_certificate(certificate)
    return builder.sign(Encoding.DER, list(options))


def sealed(members: Mapping[str, bytes], **how: Any) -> dict[str, bytes]:
    manifest = manifest_of(members)
    return {**members, "manifest.json": manifest, "signature": signature_of(manifest, **how)}


def zipped(members: Mapping[str, bytes], *, packing: int = ZIP_DEFLATED) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", packing) as archive:
        for member, one in members.items():
            archive.writestr(member, one)
    return written.getvalue()


def make_pass(content: Any = None, *, by: Certified | None = None, **changes: bytes | None) -> bytes:
    """A whole pass, sealed by its own certificate or another."""
    return zipped(sealed(members_with(content, **changes), by=by))


def examined(data: bytes) -> Examination:
    """The pass examined today, by somebody who believes our authority."""
    return examine_pass(data, now=NOW, roots=roots())


def found(data: bytes, *grades: Grade) -> list[str]:
    """The codes of its faults and warnings, or of what has these grades."""
    examination = examined(data)
    return [code for grade in grades or (Grade.FAULT, Grade.WARNING) for code in examination.codes(grade)]
