"""The main job, played from outside against a running server: `make tour`.

It knows nothing of the code: only addresses, the demo's sign-ins in `var/demo.json`, and `ici mailbox` for the mail
of development. Each run signs up new members, so it can run any number of times on one database.
"""
