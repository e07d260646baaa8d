"""Refusals about Apple Wallet."""

from app.errors import Conflict
from app.languages import Text


class AppleWalletAbsent(Conflict):
    """There is no certificate that could sign this brand's passes."""

    title = Text(
        fr="Cette enseigne ne propose pas encore Apple Wallet.", en="This brand does not offer Apple Wallet yet."
    )
