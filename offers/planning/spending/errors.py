"""Refusals about what offers may cost."""

from app.complaints import declare_complaint
from app.errors import Conflict, NotFound
from app.languages import Text


class BudgetSpent(Conflict):
    """`again_at` is when there is money again; null where that is not known. How much is left is the brand's affair."""

    title = Text(
        fr="Le budget prévu pour cette offre est épuisé : l'avantage ne peut pas être accordé en entier.",
        en="What was set aside for this offer is spent: the advantage cannot be given in full.",
    )
    remedy = Text(fr="Continuez sans ce bon, ou réessayez plus tard.", en="Go on without this coupon, or try later.")


class MoneyBudgetUnknown(NotFound):
    title = Text(fr="Ce budget n'existe pas.", en="There is no such budget.")


class MoneyBudgetStands(Conflict):
    """`budget_id` is the one that stands."""

    title = Text(
        fr="Il y a déjà un budget de cette période pour la même offre et le même magasin.",
        en="There is a budget of this period for the same offer and the same store already.",
    )
    remedy = Text(fr="Changez son montant.", en="Change its amount.")


class MoneyBudgetEnded(Conflict):
    title = Text(fr="Ce budget a été levé.", en="This budget was lifted.")
    remedy = Text(fr="Faites-en un nouveau.", en="Make a new one.")


ONE_STORE_OR_EACH = declare_complaint(
    "one_store_or_each",
    Text(fr="Nommez un magasin, ou donnez le même budget à chacun.", en="Name a store, or give each the same budget."),
)
