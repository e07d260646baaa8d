"""What makes a pass its issuer's: the manifest, the signature over it, the certificates behind that."""
