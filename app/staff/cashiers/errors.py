"""Refusals about cashiers. At the till nobody is told whether a number or a PIN was wrong."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, Forbidden, NotFound, TooManyRequests
from app.languages import Text


class CashierUnknown(NotFound):
    title = Text(fr="Cette personne n'est pas enregistrée aux caisses.", en="Nobody is registered so.")


class CashierNumberTaken(Conflict):
    title = Text(
        fr="Ce numéro est déjà celui de quelqu'un dans ce magasin.", en="This number is somebody's here already."
    )


class PinNotAccepted(Forbidden):
    """The one answer for an unknown number, another store's, and a wrong PIN."""

    title = Text(fr="Ce numéro ou ce code ne convient pas.", en="This number or this PIN does not fit.")


class TooManyPins(TooManyRequests):
    title = Text(fr="Trop de codes erronés ; patientez un peu.", en="Too many wrong PINs; wait a little.")
    remedy = Text(fr="Un administrateur peut donner un nouveau code.", en="An administrator can give a new PIN.")


NOT_A_PIN = declare_complaint("not_a_pin", Text(fr="Il faut de 4 à 8 chiffres.", en="It must be 4 to 8 digits."))
PIN_TOO_EASY = declare_complaint(
    "pin_too_easy",
    Text(fr="Ce code se devine : ni chiffres répétés, ni suite.", en="This PIN is guessed: no repeated digit, no row."),
)
NOT_A_CASHIER_NUMBER = declare_complaint(
    "not_a_cashier_number", Text(fr="Il faut de 1 à 8 chiffres.", en="It must be 1 to 8 digits.")
)

CONSTRAINTS["uq_cashier_number"] = CashierNumberTaken
