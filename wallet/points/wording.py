"""Why points moved, in words. A room that moves points for reasons of its own adds them to `REASONS`."""

from collections.abc import Mapping
from typing import Any

from app.languages import Language, Text
from wallet.ledger.currency_kinds import said_amount
from wallet.ledger.models import EntryKind
from wallet.points import money_words

KINDS: dict[EntryKind, Text] = {
    EntryKind.EARNED: Text(fr="Points gagnés", en="Points earned"),
    EntryKind.PENDING_ADDED: Text(fr="Points en attente", en="Points that wait"),
    EntryKind.PENDING_ACTIVATED: Text(fr="Points devenus utilisables", en="Points that can be spent from now on"),
    EntryKind.PENDING_CANCELLED: Text(fr="Points en attente annulés", en="Waiting points cancelled"),
    EntryKind.SPENT: Text(fr="Points dépensés", en="Points spent"),
    EntryKind.HELD: Text(fr="Points réservés", en="Points put aside"),
    EntryKind.HOLD_RELEASED: Text(fr="Points réservés rendus", en="Points put aside are free again"),
    EntryKind.HOLD_CAPTURED: Text(fr="Points réservés dépensés", en="Points put aside were spent"),
    EntryKind.REFUNDED: Text(fr="Points dépensés rendus", en="Spent points given back"),
    EntryKind.RETURNED: Text(fr="Points gagnés repris", en="Earned points taken back"),
    EntryKind.RETURNED_OWED: Text(fr="Points gagnés à rendre", en="Earned points to be given back"),
    EntryKind.RETURN_AWAITED: Text(
        fr="Points gagnés qui seront repris s'ils reviennent", en="Earned points that are taken back if they return"
    ),
    EntryKind.AWAITED_TAKEN: Text(fr="Points revenus, puis repris", en="Points that came back and were taken back"),
    EntryKind.EXCHANGED: Text(
        fr="Points revenus, échangés contre ceux qui avaient été repris à leur place",
        en="Points that came back, exchanged for those that had been taken in their place",
    ),
    EntryKind.EXPIRED: Text(fr="Points expirés", en="Points expired"),
    EntryKind.ADMIN_CREDIT: Text(fr="Points ajoutés par l'enseigne", en="Points added by the brand"),
    EntryKind.ADMIN_DEBIT: Text(fr="Points retirés par l'enseigne", en="Points taken by the brand"),
    EntryKind.ADMIN_DEBIT_OWED: Text(fr="Points dus à l'enseigne", en="Points owed to the brand"),
    EntryKind.DEBT_REPAID: Text(fr="Points dus réglés", en="Points owed are settled"),
    EntryKind.MERGED_OUT: Text(fr="Points partis vers votre autre portefeuille", en="Points gone to your other wallet"),
    EntryKind.PENDING_MERGED_OUT: Text(
        fr="Points en attente partis vers votre autre portefeuille", en="Waiting points gone to your other wallet"
    ),
    EntryKind.MERGED_IN: Text(fr="Points venus de votre autre portefeuille", en="Points come from your other wallet"),
    EntryKind.PENDING_MERGED_IN: Text(
        fr="Points en attente venus de votre autre portefeuille", en="Waiting points come from your other wallet"
    ),
    EntryKind.MERGED_BACK: Text(fr="Points revenus d'un autre portefeuille", en="Points back from another wallet"),
    EntryKind.PENDING_MERGED_BACK: Text(
        fr="Points en attente revenus d'un autre portefeuille", en="Waiting points back from another wallet"
    ),
    EntryKind.DEBT_MERGED_OUT: Text(
        fr="Points dus partis vers un autre portefeuille", en="A debt gone to another wallet"
    ),
    EntryKind.DEBT_MERGED_IN: Text(fr="Points dus venus d'un autre portefeuille", en="A debt come from another wallet"),
    EntryKind.AWAITED_MERGED_OUT: Text(
        fr="Points à reprendre s'ils reviennent, suivis désormais dans un autre portefeuille",
        en="Points to be taken back if they return, looked after in another wallet from now on",
    ),
    EntryKind.AWAITED_MERGED_IN: Text(
        fr="Points à reprendre s'ils reviennent, venus d'un autre portefeuille",
        en="Points to be taken back if they return, come from another wallet",
    ),
}
"""What happened."""

REASONS: dict[str, Text] = {
    "adjustment": Text(fr="L'enseigne l'a corrigé : « {words} »", en="The brand put it right: “{words}”"),
    "awaited": Text(
        fr="Un achat qui donnait des points a été rendu alors qu'ils étaient dépensés.",
        en="A purchase that gave points came back when they were spent.",
    ),
    "exchanged": Text(fr="Chaque point retrouve sa date d'expiration.", en="Each point has its own expiry again."),
    "debt": Text(fr="Ils règlent des points dus.", en="They settle points that were owed."),
    "debt_of_return": Text(
        fr="Des points d'un achat rendu étaient dus.", en="Points of a purchase that came back were owed."
    ),
    "expired": Text(fr="Leur durée de validité est passée.", en="Their time was over."),
    "hold_ended": Text(fr="Le temps de la réserve est passé.", en="The time of the hold was over."),
    "hold_rest": Text(fr="La réserve était plus grande que l'achat.", en="More was put aside than was needed."),
    "merged": Text(fr="Deux portefeuilles n'en font plus qu'un.", en="Two wallets became one."),
    "split": Text(fr="Les deux portefeuilles sont de nouveau séparés.", en="The two wallets are apart again."),
    "opening": Text(fr="Vous les aviez déjà avant d'arriver ici.", en="You had them already before you came here."),
    "waited": Text(fr="Leur délai d'attente est passé.", en="Their time of waiting was over."),
}
"""Why, by the code of an entry's reason; `{name}` places are filled from the entry's facts."""

BALANCE = Text(fr="{name} : {amount}", en="{name}: {amount}")
AMOUNT = Text(fr="{amount}", en="{amount}")


def say_amount(amount: int, language: Language, *, money: str | None) -> str:
    """So much of a currency: `12,50 €` of money, else the number."""
    return AMOUNT.say(language, {"amount": said_amount(amount, money)})


def what(kind: str, language: Language, *, money: str | None = None) -> str:
    """What happened to points, or to `money` (ISO 4217)."""
    kinds = KINDS if money is None else money_words.KINDS
    return kinds[EntryKind(kind)].say(language)


def why(reason: str, facts: Mapping[str, Any], language: Language, *, money: str | None = None) -> str | None:
    """Why it happened; None when there is nothing to say beyond what happened."""
    text = REASONS.get(reason) if money is None else money_words.REASONS.get(reason, REASONS.get(reason))
    return None if text is None else text.say(language, facts)
