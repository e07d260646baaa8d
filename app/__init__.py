"""The kernel: HTTP, SQL, identity and permission. It knows nothing of loyalty and imports no domain
(only `app.factory` and `app.cli`, which sit above everything, do)."""
