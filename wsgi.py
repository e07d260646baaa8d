"""The WSGI application, for `ici serve`, or for another server behind a proxy that reads bodies whole."""

import gc

gc.disable()  # until all is loaded, which stays

from app.factory import create_app  # noqa: E402

app = create_app()

# What was made so far lives as long as the process: the garbage collector need not walk it again and again.
gc.collect()
gc.freeze()
gc.enable()
