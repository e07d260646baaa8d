"""Refusals about what is around somebody who is unknown."""

from app.complaints import declare_complaint
from app.errors import TooManyRequests
from app.languages import Text


class AskedTooOften(TooManyRequests):
    """Of one network: whoever copies all prices of all stores is told to wait."""

    title = Text(
        fr="Trop de questions depuis votre réseau ; patientez un peu.",
        en="Too many questions from your network; wait a little.",
    )


BRAND_NEEDED = declare_complaint(
    "brand_needed",
    Text(
        fr="Nommez l'enseigne : ses SKU et ses catégories sont les siens.",
        en="Name the brand: its SKUs and categories are its own.",
    ),
)
