"""What is watched of terminals."""

from collections.abc import Callable

from app.accounts.black_box import reports

JOBS: tuple[Callable[..., int], ...] = ()
WATCHES = {"terminals": reports.watch_terminals}
