"""What stands before the application for phones: addresses with a slash too many.

Some readers of passes put `/v1` behind an address that ends with a slash, or put two; a redirect would cost them their
`Authorization`.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from wallet.apple.files.description import SERVICE

SLASHES = re.compile("/{2,}")
INSIDE = f"{SERVICE}/"

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class PhoneLane:
    """WSGI middleware: `app.wsgi_app = PhoneLane(app.wsgi_app)`."""

    def __init__(self, inner: Wsgi) -> None:
        self.inner = inner

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(INSIDE) and "//" in path:
            environ["PATH_INFO"] = SLASHES.sub("/", path)
        return self.inner(environ, start_response)
