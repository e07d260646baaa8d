"""Signatures by the keys of certificates, with the algorithms that signers of passes use (RFC 3279, 4055, 5758)."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

SHA1 = "1.3.14.3.2.26"
DIGESTS: dict[str, hashes.HashAlgorithm] = {
    SHA1: hashes.SHA1(),  # noqa: S303 - what others signed with, and Apple takes
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
WEAK = {"1.2.840.113549.2.2": "MD2", "1.2.840.113549.2.5": "MD5"}
RSA, ECDSA = "1.2.840.113549.1.1.", "1.2.840.10045."
"""How the algorithms of each kind of key begin."""
RSA_PSS = "1.2.840.113549.1.1.10"
PAIRED = {
    "1.2.840.113549.1.1.5": SHA1,
    "1.2.840.113549.1.1.11": "2.16.840.1.101.3.4.2.1",
    "1.2.840.113549.1.1.12": "2.16.840.1.101.3.4.2.2",
    "1.2.840.113549.1.1.13": "2.16.840.1.101.3.4.2.3",
    "1.2.840.10045.4.1": SHA1,
    "1.2.840.10045.4.3.2": "2.16.840.1.101.3.4.2.1",
    "1.2.840.10045.4.3.3": "2.16.840.1.101.3.4.2.2",
    "1.2.840.10045.4.3.4": "2.16.840.1.101.3.4.2.3",
}
"""Algorithms that name their digest, and that digest."""


def is_signed_with(
    key: PublicKeyTypes, *, signature: bytes, signed: bytes, algorithm: str, digest: hashes.HashAlgorithm
) -> bool:
    """Whether the holder of this key signed these bytes by this algorithm (an object identifier)."""
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm == RSA_PSS:
            key.verify(signature, signed, padding.PSS(padding.MGF1(digest), padding.PSS.AUTO), digest)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm.startswith(RSA):
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.startswith(ECDSA):
            key.verify(signature, signed, ec.ECDSA(digest))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
