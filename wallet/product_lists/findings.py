"""What is found in a file of articles, and the words for it."""

from app.languages import Text
from app.ops.imports.outcomes import Said


class ListedArticleFinding(Said):
    """Every fact that corrects, refuses or explains a row. Codes are stable; programs read them in the report."""

    GTIN_ABSENT = ("gtin_absent", Text(fr="sans code article (GTIN)", en="without an article number (GTIN)"))
    GTIN_WRONG = (
        "gtin_wrong",
        Text(fr="code article (GTIN) faux", en="wrong article number (GTIN)"),
        Text(fr="« {gtin} » n'est pas un code article (GTIN)", en='"{gtin}" is no article number (GTIN)'),
    )
    ZEROS_GIVEN_BACK = (
        "zeros_given_back",
        Text(fr="zéros rendus à un code article", en="zeros given back to an article number"),
    )
    SAID_BEFORE = (
        "said_before",
        Text(fr="article déjà nommé plus haut", en="article named above already"),
    )
    ROW_SHIFTED = (
        "row_shifted",
        Text(fr="ligne décalée", en="shifted row"),
        Text(
            fr="{cells} {cells:cellule|cellules} pour {width} {width:colonne|colonnes}",
            en="{cells} {cells:cell|cells} for {width} {width:column|columns}",
        ),
    )
