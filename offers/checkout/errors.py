"""Refusals about sales, with the facts that a till shows."""

from app.complaints import declare_complaint
from app.errors import Conflict, Malformed, NotFound
from app.languages import Text


class SaleUnknown(NotFound):
    title = Text(fr="Cette vente n'existe pas.", en="There is no such sale.")


class SaleCurrencyForeign(Malformed):
    """Amounts are never converted silently."""

    title = Text(
        fr="Le ticket et l'avantage ne sont pas dans la même monnaie ({currency}).",
        en="The basket and the advantage are not in the same currency ({currency}).",
    )


class SaleChanged(Conflict):
    title = Text(
        fr="Le ticket {receipt} est déjà enregistré avec un autre contenu.",
        en="The receipt {receipt} is recorded already with another content.",
    )
    remedy = Text(
        fr="Rouvrez la vente pour la changer, ou prenez un nouveau numéro de ticket.",
        en="Reopen the sale to change it, or take a new receipt number.",
    )


class TotalDiffers(Conflict):
    """Nothing was recorded: what the till asked for is not what the sale comes to now."""

    title = Text(
        fr="Le total est {payable_minor}, et non {charged_minor}.",
        en="The total is {payable_minor}, not {charged_minor}.",
    )
    remedy = Text(fr="Demandez un nouveau calcul.", en="Ask for a new quote.")


class TendersDiffer(Conflict):
    """Nothing was recorded: the means of payment are not the total."""

    title = Text(
        fr="Les moyens de paiement font {tendered_minor}, et non {payable_minor}.",
        en="The means of payment come to {tendered_minor}, not {payable_minor}.",
    )
    remedy = Text(fr="Demandez un nouveau calcul.", en="Ask for a new quote.")


class CreditNoteDiffers(Conflict):
    """Nothing was recorded: in an exchange only what comes back is a credit note."""

    title = Text(
        fr="L'avoir de ce retour paie {credit_minor}, et non {said_minor}.",
        en="The credit note of this return pays {credit_minor}, not {said_minor}.",
    )
    remedy = Text(
        fr="Corrigez ce moyen de paiement, ou ne l'envoyez pas : il est ajouté de lui-même.",
        en="Correct this means of payment, or leave it out: it is added by itself.",
    )


class ExchangeOfAnother(Conflict):
    """What one member paid would buy for another: money would move between people, and points with it."""

    title = Text(
        fr="La carte présentée n'est pas celle du client qui a acheté ce qui revient.",
        en="The card shown is not that of the customer who bought what comes back.",
    )
    remedy = Text(
        fr="Présentez sa carte, ou faites un retour, puis une vente à part.",
        en="Show their card, or make a return, then a sale apart.",
    )


class ExchangeCurrencyForeign(Conflict):
    """Amounts are never converted silently."""

    title = Text(
        fr="Ce qui revient a été payé dans une autre monnaie ({currency}).",
        en="What comes back was paid in another currency ({currency}).",
    )
    remedy = Text(fr="Faites un retour, puis une vente à part.", en="Make a return, then a sale apart.")


class CagnotteDiffers(Conflict):
    title = Text(
        fr="La cagnotte paie {paid_minor}, et non {said_minor}.", en="The cagnotte pays {paid_minor}, not {said_minor}."
    )
    remedy = Text(
        fr="Demandez un calcul : il dit combien la cagnotte peut payer.",
        en="Ask for a quote: it says how much the cagnotte can pay.",
    )


class CagnotteUnnamed(Conflict):
    title = Text(
        fr="L'enseigne a plusieurs cagnottes : dites laquelle paie.",
        en="The brand has more than one cagnotte: say which one pays.",
    )
    remedy = Text(
        fr="Donnez sa monnaie et le montant dans « points ».", en='Give its currency and the amount in "points".'
    )


class MealVouchersOverArticles(Conflict):
    title = Text(
        fr="Les titres-restaurant ne peuvent payer que {most_minor} de ce ticket, et non {said_minor}.",
        en="Titres-restaurant can pay {most_minor} of this receipt, not {said_minor}.",
    )
    remedy = Text(fr="Les autres articles se paient par un autre moyen.", en="Other articles are paid by other means.")


class MealVouchersOverDay(Conflict):
    title = Text(
        fr="Les titres-restaurant paient au plus {most_minor} par jour : il reste {left_minor} ce jour-là.",
        en="Titres-restaurant pay {most_minor} a day at most: {left_minor} are left on that day.",
    )


class SaleOpen(Conflict):
    title = Text(fr="Cette vente n'est pas encore encaissée.", en="This sale is not closed yet.")


class SaleCancelled(Conflict):
    title = Text(fr="Cette vente a été annulée le {at}.", en="This sale was cancelled on {at}.")


class SaleElsewhere(Conflict):
    title = Text(fr="Cette vente est celle du magasin {store}.", en="This sale is of the store {store}.")


class SalePartlyReturned(Conflict):
    title = Text(
        fr="Des articles ont été rendus : la vente ne peut plus être rouverte.",
        en="Articles were returned: the sale can be reopened no more.",
    )
    remedy = Text(fr="Rendez le reste, puis faites une nouvelle vente.", en="Return the rest, then make a new sale.")


class CouponOfSomebodyElse(Conflict):
    title = Text(fr="Ce bon appartient à un autre client.", en="This coupon belongs to another customer.")


class PointsPayNothing(Conflict):
    title = Text(fr="Ces points ne servent pas à payer.", en="These points cannot pay.")


MORE_THAN_PRICE = declare_complaint(
    "more_than_price", Text(fr="C'est plus que le prix.", en="This is more than the price.")
)
TENDER_BELOW_ZERO = declare_complaint(
    "tender_below_zero",
    Text(fr="Seules des espèces peuvent être rendues.", en="Only cash can be handed out."),
)
POSITION_REPEATED = declare_complaint(
    "position_repeated", Text(fr="Une ligne est là deux fois.", en="A line is there twice.")
)
