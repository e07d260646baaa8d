"""A passkey in software: answers the questions of WebAuthn as a phone does, or wrongly where a test says so."""

import hashlib
import json
import os
import struct
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftKey:
    """One passkey. `origin` is where its browser stands, `site` the domain that it answers for."""

    def __init__(self, *, origin: str = "http://localhost", site: str = "localhost", verifies: bool = True) -> None:
        self.private, self.id, self.count = ec.generate_private_key(ec.SECP256R1()), os.urandom(32), 0
        self.origin, self.site = origin, site
        self.flags = PRESENT | (VERIFIED if verifies else 0)

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create()` gives."""
        credential = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(self._public_key())
        seen = self._authenticator_data(self.flags | ATTESTED) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": seen})
        said = self._client_data("webauthn.create", options)
        return self._credential({"clientDataJSON": said, "attestationObject": attestation})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get()` gives."""
        self.count += 1
        seen, said = self._authenticator_data(self.flags), self._client_data("webauthn.get", options)
        signature = self.private.sign(seen + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._credential({"clientDataJSON": said, "authenticatorData": seen, "signature": signature})

    def _credential(self, response: dict[str, bytes]) -> dict[str, Any]:
        name = bytes_to_base64url(self.id)
        spelled = {key: bytes_to_base64url(value) for key, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": spelled, "clientExtensionResults": {}}

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _authenticator_data(self, flags: int) -> bytes:
        return hashlib.sha256(self.site.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _public_key(self) -> dict[int, Any]:
        numbers = self.private.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
