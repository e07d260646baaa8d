"""What an import of permissions finds about a row, and the words for it. Codes never change."""

from enum import StrEnum

from app.languages import Text
from app.ops.imports.outcomes import ImportWords


class PermissionFinding(StrEnum):
    """What became of a row, or why it was left. The last nine are the codes of refusals, whose sentences they have."""

    GIVEN = "given"
    LOWERED = "lowered"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    KEPT_AS_ANSWERED = "kept_as_answered"
    ALREADY_NO = "already_no"
    OPPOSED = "opposed"
    MEMBER_UNKNOWN = "member_unknown"
    ADDRESS_UNREADABLE = "address_unreadable"
    LEVEL_UNREADABLE = "level_unreadable"
    GIVEN_AT_UNREADABLE = "given_at_unreadable"
    TOO_MANY_CELLS = "too_many_cells"
    BRAND_UNKNOWN = "brand_unknown"
    TOUCHPOINT_UNKNOWN = "touchpoint_unknown"
    PURPOSE_UNKNOWN = "purpose_unknown"
    PURPOSE_BUNDLED = "purpose_bundled"
    PURPOSE_NEEDS_NO_PERMISSION = "purpose_needs_no_permission"
    PURPOSE_TOO_PRECISE = "purpose_too_precise"
    LEVEL_NOT_CARRIED = "level_not_carried"
    RECIPIENT_UNKNOWN = "recipient_unknown"
    RECIPIENT_UNNAMED = "recipient_unnamed"


SENTENCES: dict[StrEnum, Text] = {
    PermissionFinding.GIVEN: Text(fr="un oui, avec sa preuve", en="a yes, with its proof"),
    PermissionFinding.LOWERED: Text(fr="un oui ramené à ce niveau", en="a yes that goes down to this level"),
    PermissionFinding.WITHDRAWN: Text(fr="un non, qui met fin à un oui", en="a no, which ends a yes"),
    PermissionFinding.REFUSED: Text(fr="un non", en="a no"),
    PermissionFinding.UNKNOWN: Text(
        fr="sans toute sa preuve, ce oui n'autorise rien", en="without all of its proof this yes permits nothing"
    ),
    PermissionFinding.KEPT_AS_ANSWERED: Text(
        fr="le membre a répondu ici ; une ligne n'élève jamais sa réponse",
        en="the member answered here; a row never raises what they said",
    ),
    PermissionFinding.ALREADY_NO: Text(fr="c'était déjà un non", en="it was a no already"),
    PermissionFinding.OPPOSED: Text(
        fr="cette adresse est sur la liste d'opposition", en="this address is on the suppression list"
    ),
    PermissionFinding.MEMBER_UNKNOWN: Text(
        fr="aucun portefeuille ne s'ouvre avec cette adresse", en="no wallet opens with this address"
    ),
    PermissionFinding.ADDRESS_UNREADABLE: Text(
        fr="ni e-mail ni numéro de téléphone lisible", en="neither a readable e-mail address nor a phone number"
    ),
    PermissionFinding.LEVEL_UNREADABLE: Text(fr="ce niveau n'existe pas", en="there is no such level"),
    PermissionFinding.GIVEN_AT_UNREADABLE: Text(
        fr="instant de l'accord illisible (écrire 2024-05-18T10:00:00+02:00)",
        en="instant of the act unreadable (write 2024-05-18T10:00:00+02:00)",
    ),
    PermissionFinding.TOO_MANY_CELLS: Text(
        fr="{cells} cellules pour {columns} colonnes", en="{cells} cells for {columns} columns"
    ),
}

HEADINGS: dict[StrEnum, Text] = {
    PermissionFinding.GIVEN: Text(fr="oui prouvé", en="proven yes"),
    PermissionFinding.LOWERED: Text(fr="niveau abaissé", en="level lowered"),
    PermissionFinding.WITHDRAWN: Text(fr="oui retiré", en="yes withdrawn"),
    PermissionFinding.REFUSED: Text(fr="non", en="no"),
    PermissionFinding.UNKNOWN: Text(fr="oui sans preuve, qui n'autorise rien", en="yes without proof, permits nothing"),
    PermissionFinding.KEPT_AS_ANSWERED: Text(fr="répondu ici", en="answered here"),
    PermissionFinding.ALREADY_NO: Text(fr="déjà un non", en="a no already"),
    PermissionFinding.OPPOSED: Text(fr="adresse opposée", en="suppressed address"),
    PermissionFinding.MEMBER_UNKNOWN: Text(fr="membre inconnu", en="unknown member"),
    PermissionFinding.ADDRESS_UNREADABLE: Text(fr="adresse illisible", en="unreadable address"),
    PermissionFinding.LEVEL_UNREADABLE: Text(fr="niveau inconnu", en="unknown level"),
    PermissionFinding.GIVEN_AT_UNREADABLE: Text(fr="date illisible", en="unreadable date"),
    PermissionFinding.TOO_MANY_CELLS: Text(fr="trop de cellules", en="too many cells"),
    PermissionFinding.BRAND_UNKNOWN: Text(fr="enseigne inconnue", en="unknown brand"),
    PermissionFinding.TOUCHPOINT_UNKNOWN: Text(fr="point de contact inconnu", en="unknown touchpoint"),
    PermissionFinding.PURPOSE_UNKNOWN: Text(fr="finalité inconnue", en="unknown purpose"),
    PermissionFinding.PURPOSE_BUNDLED: Text(fr="plusieurs finalités", en="several purposes"),
    PermissionFinding.PURPOSE_NEEDS_NO_PERMISSION: Text(fr="finalité sans accord", en="purpose without consent"),
    PermissionFinding.PURPOSE_TOO_PRECISE: Text(fr="position trop précise", en="too exact a position"),
    PermissionFinding.LEVEL_NOT_CARRIED: Text(fr="niveau non offert", en="level not carried"),
    PermissionFinding.RECIPIENT_UNKNOWN: Text(fr="destinataire inconnu", en="unknown recipient"),
    PermissionFinding.RECIPIENT_UNNAMED: Text(fr="sans destinataire", en="no recipient"),
}

WORDS = ImportWords(SENTENCES, HEADINGS)
