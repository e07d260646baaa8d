"""Refusals about receipts and the log."""

from app.errors import Problem
from app.languages import Text


class ReceiptClosed(Problem):
    status = 410
    title = Text(
        fr="La durée de preuve de ce reçu est passée ; ce qui le liait au journal est détruit.",
        en="The time of proof of this receipt is over; what tied it to the log is destroyed.",
    )


class LogTooShort(Problem):
    status = 422
    title = Text(
        fr="Le journal signé a {size} {size:entrée|entrées} ; demandez de 1 à ce nombre, dans cet ordre.",
        en="The signed log has {size} {size:entry|entries}; ask from 1 to that number, in that order.",
    )
