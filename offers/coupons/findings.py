"""What an import of codes finds about a row, and the words for it. Codes of findings never change."""

from enum import StrEnum

from app.languages import Text
from app.ops.imports.outcomes import ImportWords


class CouponFinding(StrEnum):
    """Why a code was refused."""

    CODE_MISSING = "code_missing"
    CODE_MISTYPED = "code_mistyped"
    CODE_BANNED = "code_banned"
    CODE_OF_ANOTHER = "code_of_another"


SENTENCES: dict[StrEnum, Text] = {
    CouponFinding.CODE_MISSING: Text(fr="pas un code, ou plusieurs cellules", en="no code, or several cells"),
    CouponFinding.CODE_MISTYPED: Text(
        fr="le groupe {group} est faux, ou ce n'est pas un code de trois à cinq groupes de quatre",
        en="group {group} is wrong, or it is no code of three to five groups of four",
    ),
    CouponFinding.CODE_BANNED: Text(fr="ce code contient un mot grossier", en="this code spells a rude word"),
    CouponFinding.CODE_OF_ANOTHER: Text(
        fr="ce code appartient déjà à une autre offre", en="this code belongs to another offer already"
    ),
}

HEADINGS: dict[StrEnum, Text] = {
    CouponFinding.CODE_MISSING: Text(fr="sans code", en="no code"),
    CouponFinding.CODE_MISTYPED: Text(fr="code faux", en="wrong code"),
    CouponFinding.CODE_BANNED: Text(fr="mot grossier", en="rude word"),
    CouponFinding.CODE_OF_ANOTHER: Text(fr="code d'une autre offre", en="code of another offer"),
}

WORDS = ImportWords(SENTENCES, HEADINGS)
