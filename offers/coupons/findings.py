"""What an import of codes finds about a row, and the words for it."""

from app.languages import Text
from app.ops.imports.outcomes import Said


class CouponFinding(Said):
    """Why a code was refused."""

    CODE_MISSING = (
        "code_missing",
        Text(fr="sans code", en="no code"),
        Text(fr="pas un code, ou plusieurs cellules", en="no code, or several cells"),
    )
    CODE_MISTYPED = (
        "code_mistyped",
        Text(fr="code faux", en="wrong code"),
        Text(
            fr="le groupe {group} est faux, ou ce n'est pas un code de trois à cinq groupes de quatre",
            en="group {group} is wrong, or it is no code of three to five groups of four",
        ),
    )
    CODE_BANNED = (
        "code_banned",
        Text(fr="mot grossier", en="rude word"),
        Text(fr="ce code contient un mot grossier", en="this code spells a rude word"),
    )
    CODE_OF_ANOTHER = (
        "code_of_another",
        Text(fr="code d'une autre offre", en="code of another offer"),
        Text(fr="ce code appartient déjà à une autre offre", en="this code belongs to another offer already"),
    )
