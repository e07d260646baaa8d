"""The kernel: HTTP, SQL, identity, permission and law. It knows nothing of loyalty and imports no domain
(only `app.factory`, `app.cli`, `app.commands` and `app.demo`, which sit above everything, do)."""
