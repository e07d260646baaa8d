"""A pass as Apple Wallet takes it: a zip of `pass.json`, sentences and pictures, with a list of their SHA-1 hashes, and
a detached CMS signature of exactly that list (RFC 5652).

It is made when it is asked for and kept nowhere; only the part of the pictures is remembered, for each design. Two
files of one pass differ in their signature alone, which holds its instant.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from wallet.apple.certificates import PassIdentity
from wallet.apple.files.archives import ArchivePart, join_parts, pack_members
from wallet.apple.files.description import Description, describe_pass, write_strings
from wallet.designs.designs import Design
from wallet.issued.contents import PassContents

MEDIA_TYPE = "application/vnd.apple.pkpass"
OPTIONS = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]
"""Without `Binary` line ends are changed before they are hashed, and what we sign is not what we send."""
REMEMBERED = 64
"""Designs whose pictures a process keeps ready: a quarter of a megabyte each."""


class PicturePart(NamedTuple):
    """The pictures of a design as they stand in the zip, and their lines of the list."""

    packed: ArchivePart
    hashes: Mapping[str, str]


def build_pass(contents: PassContents, design: Design, identity: PassIdentity, *, message: str | None = None) -> bytes:
    """The file of this pass, signed. `message` is what its code says, where that changes."""
    return pack_pass(describe_pass(contents, design, identity, message=message), design.apple_files, identity)


def pack_pass(description: Description, pictures: Mapping[str, bytes], identity: PassIdentity) -> bytes:
    """The file of a pass that is described so, with these pictures by the names of their files."""
    texts = {"pass.json": orjson.dumps(description.said)}
    texts |= {f"{name}.lproj/pass.strings": write_strings(one) for name, one in description.strings.items()}
    drawn = _picture_part(tuple(pictures.items()))
    hashes = {name: _sha1(content) for name, content in texts.items()}
    manifest = orjson.dumps({**drawn.hashes, **hashes}, option=orjson.OPT_SORT_KEYS)
    texts |= {"manifest.json": manifest, "signature": sign_manifest(manifest, identity)}
    return join_parts(drawn.packed, pack_members(texts, behind=drawn.packed))


def sign_manifest(manifest: bytes, identity: PassIdentity) -> bytes:
    """The signature of these bytes, with the certificates that lead to Apple's root, in DER."""
    builder = PKCS7SignatureBuilder().set_data(manifest).add_signer(identity.certificate, identity.key, SHA256())
    return builder.add_certificate(identity.intermediate).sign(Encoding.DER, OPTIONS)


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


@lru_cache(maxsize=REMEMBERED)
def _picture_part(pictures: tuple[tuple[str, bytes], ...]) -> PicturePart:
    """By the pictures themselves, whose bytes Python hashes once: no version of a design can be taken for another."""
    return PicturePart(pack_members(dict(pictures)), {name: _sha1(content) for name, content in pictures})
