"""Who signed: the certificate of a pass type, and the authorities behind it."""
