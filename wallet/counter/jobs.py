"""What is watched of the counter."""

from collections.abc import Callable

from wallet.counter import search_limits

JOBS: tuple[Callable[..., int], ...] = ()
WATCHES = {"member_searches": search_limits.watch_searches}
