"""A pass as Apple Wallet takes it: a zip of `pass.json`, sentences and pictures, with a list of their SHA-1 hashes, and
a detached CMS signature of exactly that list (RFC 5652).

It is made when it is asked for and kept nowhere. Two of one pass differ in their signature alone, which holds its
instant. Pictures are stored as they are, since PNG is compressed already, and their hashes are remembered.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from functools import lru_cache

import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from wallet.apple.certificates import PassIdentity
from wallet.apple.description import Description, describe_pass, write_strings
from wallet.designs.designs import Design
from wallet.issued.contents import PassContents

MEDIA_TYPE = "application/vnd.apple.pkpass"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The first instant of a zip: members bear no other, so that what is the same has the same bytes."""
OPTIONS = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
"""Without `Binary` line ends are changed before they are hashed, and what we sign is not what we send."""
REMEMBERED = 4096


def build_pass(contents: PassContents, design: Design, identity: PassIdentity) -> bytes:
    """The file of this pass, signed."""
    return pack_pass(describe_pass(contents, design, identity), design.apple_files, identity)


def pack_pass(description: Description, pictures: Mapping[str, bytes], identity: PassIdentity) -> bytes:
    """The file of a pass that is described so, with these pictures by the names of their files."""
    texts = {"pass.json": orjson.dumps(description.said)}
    texts |= {f"{name}.lproj/pass.strings": write_strings(one) for name, one in description.strings.items()}
    hashes = {name: _sha1(content) for name, content in texts.items()}
    hashes |= {name: _picture_sha1(content) for name, content in pictures.items()}
    manifest = orjson.dumps(hashes, option=orjson.OPT_SORT_KEYS)
    texts |= {"manifest.json": manifest, "signature": sign_manifest(manifest, identity)}
    return _zipped(texts, pictures)


def sign_manifest(manifest: bytes, identity: PassIdentity) -> bytes:
    """The signature of these bytes, with the certificates that lead to Apple's root, in DER."""
    builder = PKCS7SignatureBuilder().set_data(manifest).add_signer(identity.certificate, identity.key, SHA256())
    return builder.add_certificate(identity.intermediate).sign(Encoding.DER, OPTIONS)


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


@lru_cache(maxsize=REMEMBERED)
def _picture_sha1(content: bytes) -> str:
    return _sha1(content)


def _zipped(texts: Mapping[str, bytes], pictures: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        for name, content in texts.items():
            zipped.writestr(_member(name), content, zipfile.ZIP_DEFLATED, 6)
        for name, content in pictures.items():
            zipped.writestr(_member(name), content, zipfile.ZIP_STORED)
    return written.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.external_attr = 0o644 << 16
    return info
