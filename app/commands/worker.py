"""The application as our own server's worker processes load it: they live and die with the server that started them."""

import ctypes
import importlib
import os
import signal
from typing import Any

PR_SET_PDEATHSIG = 1  # prctl(2)


def load() -> Any:
    """The WSGI application of this worker process."""
    # Ctrl-C is for the server, which stops its workers; one that hears it too, while it loads, would hang.
    os.setpgid(0, 0)
    # When the server is killed so hard that it cannot stop its workers, the kernel does; else they would keep the port.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    return importlib.import_module("wsgi").app
