"""Refusals about many offers at once."""

from app.complaints import declare_complaint
from app.errors import Malformed
from app.languages import Text


class SeasonTooLarge(Malformed):
    title = Text(fr="Au plus {most} offres sont copiées à la fois.", en="At most {most} offers are copied at once.")
    remedy = Text(fr="Prenez une étiquette moins large.", en="Take a narrower tag.")


class CopiedOutOfTime(Malformed):
    title = Text(
        fr="Avec ce décalage, une copie sortirait du calendrier (de 2000 à 2199).",
        en="Moved by so much, a copy would leave the calendar (2000 to 2199).",
    )


ONE_CHOICE = declare_complaint(
    "one_choice", Text(fr="Donnez soit l'un, soit l'autre.", en="Give either one or the other.")
)
