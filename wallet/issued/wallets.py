"""The wallets that a pass can be added to, by name. The rooms of the wallets add themselves when they are loaded."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from app.languages import Language
from wallet.issued.contents import PassContents
from wallet.issued.models import IssuedPass


class AddToWallet(Protocol):
    """What the member's app needs to add the pass to this wallet: `{"url": …}`, and for what their app alone can use
    more. None where this installation or the brand has no account with the wallet."""

    def __call__(
        self, held: IssuedPass, contents: PassContents, language: Language, now: datetime, /
    ) -> Mapping[str, Any] | None: ...


class WalletState(StrEnum):
    """Whether the pass can be added to a wallet."""

    AVAILABLE = "available"
    NOT_AVAILABLE = "not_available"


class WalletOffered(NamedTuple):
    """A wallet, and by which address the pass is added to it; null where it cannot be."""

    wallet: str
    state: WalletState
    url: str | None


WALLETS: dict[str, AddToWallet] = {}


def offer_wallets(
    held: IssuedPass, contents: PassContents, *, language: Language, now: datetime
) -> list[WalletOffered]:
    """How the pass is added to each wallet, in the order of their names. One that is over is added to none."""
    found = []
    for name, add in sorted(WALLETS.items()):
        given = None if contents.is_void else add(held, contents, language, now)
        state = WalletState.NOT_AVAILABLE if given is None else WalletState.AVAILABLE
        found.append(WalletOffered(name, state, None if given is None else given["url"]))
    return found
