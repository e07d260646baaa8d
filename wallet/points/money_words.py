"""What happened to money of a cagnotte, and why, where points have other words."""

from app.languages import Text
from wallet.ledger.models import EntryKind

KINDS: dict[EntryKind, Text] = {
    EntryKind.EARNED: Text(fr="Argent gagné", en="Money earned"),
    EntryKind.PENDING_ADDED: Text(fr="Argent en attente", en="Money that waits"),
    EntryKind.PENDING_ACTIVATED: Text(fr="Argent devenu utilisable", en="Money that can be spent from now on"),
    EntryKind.PENDING_CANCELLED: Text(fr="Argent en attente annulé", en="Waiting money cancelled"),
    EntryKind.SPENT: Text(fr="Payé par la cagnotte", en="Paid by the cagnotte"),
    EntryKind.HELD: Text(fr="Argent réservé", en="Money put aside"),
    EntryKind.HOLD_RELEASED: Text(fr="Argent réservé rendu", en="Money put aside is free again"),
    EntryKind.HOLD_CAPTURED: Text(fr="Argent réservé utilisé pour payer", en="Money put aside has paid"),
    EntryKind.REFUNDED: Text(fr="Argent rendu à la cagnotte", en="Money given back to the cagnotte"),
    EntryKind.RETURNED: Text(fr="Argent gagné repris", en="Earned money taken back"),
    EntryKind.RETURNED_OWED: Text(fr="Argent gagné à rendre", en="Earned money to be given back"),
    EntryKind.RETURN_AWAITED: Text(
        fr="Argent gagné qui sera repris s'il revient", en="Earned money that is taken back if it returns"
    ),
    EntryKind.AWAITED_TAKEN: Text(fr="Argent revenu, puis repris", en="Money that came back and was taken back"),
    EntryKind.EXCHANGED: Text(
        fr="Argent revenu à la place de celui qui avait été repris",
        en="Money that came back in the place of what had been taken",
    ),
    EntryKind.EXPIRED: Text(fr="Argent expiré", en="Money expired"),
    EntryKind.ADMIN_CREDIT: Text(fr="Argent ajouté par l'enseigne", en="Money added by the brand"),
    EntryKind.ADMIN_DEBIT: Text(fr="Argent retiré par l'enseigne", en="Money taken by the brand"),
    EntryKind.ADMIN_DEBIT_OWED: Text(fr="Argent dû à l'enseigne", en="Money owed to the brand"),
    EntryKind.DEBT_REPAID: Text(fr="Argent dû réglé", en="Money owed is settled"),
    EntryKind.MERGED_OUT: Text(fr="Argent parti vers votre autre portefeuille", en="Money gone to your other wallet"),
    EntryKind.PENDING_MERGED_OUT: Text(
        fr="Argent en attente parti vers votre autre portefeuille", en="Waiting money gone to your other wallet"
    ),
    EntryKind.MERGED_IN: Text(fr="Argent venu de votre autre portefeuille", en="Money come from your other wallet"),
    EntryKind.PENDING_MERGED_IN: Text(
        fr="Argent en attente venu de votre autre portefeuille", en="Waiting money come from your other wallet"
    ),
    EntryKind.MERGED_BACK: Text(fr="Argent revenu d'un autre portefeuille", en="Money back from another wallet"),
    EntryKind.PENDING_MERGED_BACK: Text(
        fr="Argent en attente revenu d'un autre portefeuille", en="Waiting money back from another wallet"
    ),
    EntryKind.DEBT_MERGED_OUT: Text(
        fr="Argent dû parti vers un autre portefeuille", en="A debt gone to another wallet"
    ),
    EntryKind.DEBT_MERGED_IN: Text(fr="Argent dû venu d'un autre portefeuille", en="A debt come from another wallet"),
    EntryKind.AWAITED_MERGED_OUT: Text(
        fr="Argent à reprendre s'il revient, suivi désormais dans un autre portefeuille",
        en="Money to be taken back if it returns, looked after in another wallet from now on",
    ),
    EntryKind.AWAITED_MERGED_IN: Text(
        fr="Argent à reprendre s'il revient, venu d'un autre portefeuille",
        en="Money to be taken back if it returns, come from another wallet",
    ),
}
"""What happened."""

REASONS: dict[str, Text] = {
    "awaited": Text(
        fr="Un achat qui donnait de l'argent a été rendu alors qu'il était dépensé.",
        en="A purchase that gave money came back when it was spent.",
    ),
    "exchanged": Text(
        fr="L'argent retrouve sa date d'expiration.",
        en="The money has its own expiry again.",
    ),
    "debt": Text(fr="Il règle une somme due.", en="It settles what was owed."),
    "debt_of_return": Text(
        fr="De l'argent d'un achat rendu était dû.", en="Money of a purchase that came back was owed."
    ),
    "expired": Text(fr="Sa durée de validité est passée.", en="Its time was over."),
    "opening": Text(fr="Vous l'aviez déjà avant d'arriver ici.", en="You had it already before you came here."),
    "waited": Text(fr="Son délai d'attente est passé.", en="Its time of waiting was over."),
}
"""Why, where the words for points do not fit."""
