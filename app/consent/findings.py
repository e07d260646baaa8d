"""What an import of permissions finds about a row, and the words for it. Codes never change."""

from app.languages import Text
from app.ops.imports.outcomes import Said


class PermissionFinding(Said):
    """What became of a row, or why it was left. The last eleven are codes of refusals, whose sentences they have."""

    GIVEN = (
        "given",
        Text(fr="oui prouvé", en="proven yes"),
        Text(fr="un oui, avec sa preuve", en="a yes, with its proof"),
    )
    LOWERED = (
        "lowered",
        Text(fr="niveau abaissé", en="level lowered"),
        Text(fr="un oui ramené à ce niveau", en="a yes that goes down to this level"),
    )
    WITHDRAWN = (
        "withdrawn",
        Text(fr="oui retiré", en="yes withdrawn"),
        Text(fr="un non, qui met fin à un oui", en="a no, which ends a yes"),
    )
    REFUSED = ("refused", Text(fr="non", en="no"), Text(fr="un non", en="a no"))
    UNKNOWN = (
        "unknown",
        Text(fr="oui sans preuve, qui n'autorise rien", en="yes without proof, permits nothing"),
        Text(fr="sans toute sa preuve, ce oui n'autorise rien", en="without all of its proof this yes permits nothing"),
    )
    KEPT_AS_ANSWERED = (
        "kept_as_answered",
        Text(fr="répondu ici", en="answered here"),
        Text(
            fr="le membre a répondu ici ; une ligne n'élève jamais sa réponse",
            en="the member answered here; a row never raises what they said",
        ),
    )
    ALREADY_NO = (
        "already_no",
        Text(fr="déjà un non", en="a no already"),
        Text(fr="c'était déjà un non", en="it was a no already"),
    )
    OPPOSED = (
        "opposed",
        Text(fr="adresse sur liste d'opposition", en="suppressed address"),
        Text(fr="cette adresse est sur la liste d'opposition", en="this address is on the suppression list"),
    )
    MEMBER_UNKNOWN = (
        "member_unknown",
        Text(fr="membre inconnu", en="unknown member"),
        Text(fr="aucun portefeuille ne s'ouvre avec cette adresse", en="no wallet opens with this address"),
    )
    ADDRESS_UNREADABLE = (
        "address_unreadable",
        Text(fr="adresse illisible", en="unreadable address"),
        Text(fr="ni e-mail ni numéro de téléphone lisible", en="neither a readable e-mail address nor a phone number"),
    )
    LEVEL_UNREADABLE = (
        "level_unreadable",
        Text(fr="niveau inconnu", en="unknown level"),
        Text(fr="ce niveau n'existe pas", en="there is no such level"),
    )
    GIVEN_AT_UNREADABLE = (
        "given_at_unreadable",
        Text(fr="date illisible", en="unreadable date"),
        Text(
            fr="instant de l'accord illisible (écrire 2024-05-18T10:00:00+02:00)",
            en="instant of the act unreadable (write 2024-05-18T10:00:00+02:00)",
        ),
    )
    TOO_MANY_CELLS = (
        "too_many_cells",
        Text(fr="trop de cellules", en="too many cells"),
        Text(
            fr="{cells} {cells:cellule|cellules} pour {columns} {columns:colonne|colonnes}",
            en="{cells} {cells:cell|cells} for {columns} {columns:column|columns}",
        ),
    )
    BRAND_UNKNOWN = ("brand_unknown", Text(fr="enseigne inconnue", en="unknown brand"))
    AGE_UNDECLARED = ("age_undeclared", Text(fr="âge inconnu", en="age not said"))
    BRAND_UNIDENTIFIED = ("brand_unidentified", Text(fr="enseigne non identifiée", en="brand not identified"))
    TOUCHPOINT_UNKNOWN = ("touchpoint_unknown", Text(fr="point de contact inconnu", en="unknown touchpoint"))
    PURPOSE_UNKNOWN = ("purpose_unknown", Text(fr="finalité inconnue", en="unknown purpose"))
    PURPOSE_BUNDLED = ("purpose_bundled", Text(fr="plusieurs finalités", en="several purposes"))
    PURPOSE_NEEDS_NO_PERMISSION = (
        "purpose_needs_no_permission",
        Text(fr="finalité sans accord", en="purpose without consent"),
    )
    PURPOSE_TOO_PRECISE = ("purpose_too_precise", Text(fr="position trop précise", en="too exact a position"))
    LEVEL_NOT_CARRIED = ("level_not_carried", Text(fr="niveau non offert", en="level not carried"))
    RECIPIENT_UNKNOWN = ("recipient_unknown", Text(fr="destinataire inconnu", en="unknown recipient"))
    RECIPIENT_UNNAMED = ("recipient_unnamed", Text(fr="sans destinataire", en="no recipient"))
