"""Refusals about members who become one."""

from app.errors import CONSTRAINTS, Conflict, NotFound
from app.languages import Text


class NothingToMerge(Conflict):
    """The other address opens no wallet, or this one."""

    title = Text(
        fr="Cette adresse n'ouvre pas un autre portefeuille que le vôtre.",
        en="This address opens no other wallet than yours.",
    )
    remedy = Text(
        fr="Si elle est à vous, ajoutez-la à votre portefeuille.", en="If it is yours, add it to your wallet."
    )


class MemberMerged(Conflict):
    title = Text(fr="Ce portefeuille fait déjà partie d'un autre.", en="This wallet is part of another one already.")


class MinorsStayApart(Conflict):
    title = Text(
        fr="Le portefeuille d'un mineur ne peut pas être réuni à un autre.",
        en="A minor's wallet cannot be merged with another.",
    )


class MemberLeaving(Conflict):
    title = Text(fr="Ce portefeuille est en cours d'effacement.", en="This wallet is being erased.")


class MergeBeyondBrand(Conflict):
    """A brand may not bring together what somebody has with others."""

    title = Text(
        fr="Cette personne a aussi la carte d'une autre enseigne, ou ouvre elle-même son portefeuille.",
        en="This person has a card with another brand too, or opens their wallet themself.",
    )
    remedy = Text(
        fr="Elle seule peut réunir ses portefeuilles, dans son application.",
        en="Only they can merge their wallets, in their app.",
    )


class MergeUnknown(NotFound):
    title = Text(fr="Cette réunion de portefeuilles n'existe pas.", en="There is no such merge.")


class MergeFinal(Conflict):
    title = Text(
        fr="Ces portefeuilles pouvaient être séparés jusqu'au {until}.",
        en="These wallets could be parted until {until}.",
    )


class MergedSince(Conflict):
    """What came since by another merge, or went on with it, must be parted first: the last one first."""

    title = Text(
        fr="Ce portefeuille a rejoint un autre depuis.", en="This wallet has become part of another one since."
    )
    remedy = Text(fr="Séparez d'abord ceux-là.", en="Part those first.")


CONSTRAINTS["pk_merged_member"] = MemberMerged
