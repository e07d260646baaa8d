"""Refusals about Apple Wallet."""

from app.errors import NotFound
from app.languages import Text


class AppleWalletAbsent(NotFound):
    """There is no certificate that could sign this brand's passes."""

    title = Text(
        fr="Cette enseigne ne propose pas encore Apple Wallet.", en="This brand does not offer Apple Wallet yet."
    )


class ApplePassNotSigned(NotFound):
    """The link of a download is not ours, or its time is over."""

    title = Text(fr="Ce lien n'est plus valable.", en="This link is not valid any more.")
    remedy = Text(fr="Redemandez votre pass dans l'application.", en="Ask for your pass in the app again.")
