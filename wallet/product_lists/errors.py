"""Refusals about lists of articles."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, Malformed, NotFound, Problem
from app.languages import Text

LIST_UNKNOWN = declare_complaint(
    "product_list_unknown",
    Text(fr="L'enseigne n'a pas de liste d'articles « {code} ».", en='The brand has no product list "{code}".'),
)


class ProductListUnknown(NotFound):
    title = Text(fr="L'enseigne n'a pas cette liste d'articles.", en="The brand does not have this product list.")


class ProductListCodeTaken(Conflict):
    title = Text(fr="Une liste d'articles porte déjà ce code.", en="A product list has this code already.")


class ProductListInUse(Conflict):
    """Offers that run, or rules in force or to come, name the list."""

    title = Text(
        fr="Cette liste sert encore : {used_by}.",
        en="This list is still in use: {used_by}.",
    )
    remedy = Text(
        fr="Mettez d'abord fin à ce qui la nomme, ou donnez-lui une autre liste.",
        en="End what names it first, or give it another list.",
    )


class TooManyProductLists(Conflict):
    title = Text(fr="L'enseigne a déjà {most} listes d'articles.", en="The brand has {most} product lists already.")


class ProductListTooLong(Conflict):
    title = Text(
        fr="Une liste a au plus {most} articles ; celle-ci en aurait {wanted}.",
        en="A list holds {most} articles at most; this one would hold {wanted}.",
    )


class ListedNumberWrong(Malformed):
    """`errors` name each number that no article can have."""

    title = Text(
        fr="Un code article (GTIN) n'est pas possible, un chiffre est faux ou manque.",
        en="An article number (GTIN) is not possible, a digit is wrong or missing.",
    )


class ArticleFileUnreadable(Problem):
    """A file of articles that is no table, or has no column of numbers."""

    status = 422
    title = Text(fr="Ce fichier ne se lit pas comme un tableau.", en="This file cannot be read as a table.")
    remedy = Text(
        fr="Envoyez un CSV dont une colonne s'appelle « gtin » ou « ean ».",
        en='Send a CSV with a column called "gtin" or "ean".',
    )


CONSTRAINTS["uq_product_list_brand_id_code"] = ProductListCodeTaken
