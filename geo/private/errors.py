"""Refusals about cells. None says where a cell is: only how wide another one should be."""

from app.errors import Conflict, Malformed, NotFound
from app.languages import Text


class CellUnknown(NotFound):
    title = Text(fr="Ce n'est pas une cellule H3.", en="This is no H3 cell.")


class CellTooFine(Malformed):
    """A cell so small would say where somebody is."""

    title = Text(
        fr="Cette cellule est trop petite : elle dirait où vous êtes.",
        en="This cell is too small: it would say where you are.",
    )
    remedy = Text(
        fr="Demandez une cellule de résolution {finest} ou moins.",
        en="Ask for a cell of resolution {finest} or less.",
    )


class CellTooCoarse(Malformed):
    """A cell so large has too much in it for anybody."""

    title = Text(fr="Cette cellule est trop grande.", en="This cell is too large.")
    remedy = Text(
        fr="Demandez une cellule de résolution {coarsest} ou plus.",
        en="Ask for a cell of resolution {coarsest} or more.",
    )


class CellTooSparse(Conflict):
    """So few stores are around this cell that it would say more than a cell should: the one around it is asked."""

    title = Text(
        fr="Trop peu de magasins dans cette cellule et autour pour qu'elle ne dise rien de vous.",
        en="Too few stores in this cell and around it for it to say nothing of you.",
    )
    remedy = Text(
        fr="Demandez la cellule de résolution {resolution} qui la contient.",
        en="Ask for the cell of resolution {resolution} that holds it.",
    )


class CellTooFull(Conflict):
    """More stores are around this cell than a phone should fetch."""

    title = Text(
        fr="Trop de magasins dans cette cellule et autour pour un seul paquet.",
        en="Too many stores in this cell and around it for one bundle.",
    )
    remedy = Text(
        fr="Demandez une cellule plus petite à l'intérieur, ou le catalogue d'une enseigne.",
        en="Ask for a smaller cell inside it, or for the catalogue of a brand.",
    )
