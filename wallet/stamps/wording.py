"""What is said of stamp cards, in French and English."""

from app.languages import Text

COUNT = Text(fr="{stamps} {stamps:tampon|tampons} sur {size}", en="{stamps} of {size} {size:stamp|stamps}")
FULL = Text(
    fr="Carte pleine : {size} {size:tampon|tampons} sur {size}", en="Full card: {size} of {size} {size:stamp|stamps}"
)
FULLS = Text(
    fr="{full} {full:carte pleine|cartes pleines} de {size} {size:tampon|tampons}",
    en="{full} full {full:card|cards} of {size} {size:stamp|stamps}",
)
NEXT = Text(fr="{sentence} ; sur la suivante, {count}", en="{sentence}; on the next one, {count}")
USED = Text(fr="Carte utilisée ; sur la suivante, {count}", en="Card used; on the next one, {count}")
OWED = Text(
    fr="{sentence} ; {owed} {owed:tampon d'un achat rendu|tampons d'achats rendus} à compenser d'abord",
    en="{sentence}; {owed} {owed:stamp of a returned purchase|stamps of returned purchases} to make up for first",
)
