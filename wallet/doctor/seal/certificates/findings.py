"""What may be wrong with the certificate that signed a pass and with the authorities behind it."""

from app.languages import Text
from wallet.doctor import meanings
from wallet.doctor.ailments import Ailment, Grade

TAKE_G4 = Text(
    fr="Joignez à la signature l'intermédiaire Apple WWDR G4 (OU=G4, valable jusqu'au 10 décembre 2030) ; il se trouve"
    " sur apple.com/certificateauthority.",
    en="Put Apple's intermediate WWDR G4 (OU=G4, valid until 10 December 2030) into the signature; it is found on"
    " apple.com/certificateauthority.",
)
RENEW = Text(
    fr="Demandez un nouveau certificat « Pass Type ID » pour le même identifiant sur developer.apple.com, et resignez.",
    en='Ask for a new "Pass Type ID" certificate for the same identifier, on developer.apple.com, and sign again.',
)
SAY_THE_SAME = Text(
    fr="Écrivez dans pass.json exactement ce que dit le certificat, ou signez avec celui de ce type et cette équipe.",
    en="Write in pass.json exactly what the certificate says, or sign with the one of this type and this team.",
)
ORDER_IT = Text(
    fr="Signez avec un certificat « Pass Type ID », demandé à Apple pour cet identifiant.",
    en='Sign with a "Pass Type ID" certificate, asked of Apple for this identifier.',
)


class CertificateAilment(Ailment):
    """Faults of the certificates."""

    TYPE_DIFFERS = (
        "type_differs",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="pass.json dit passTypeIdentifier « {said} », le certificat « {certified} ».",
            en='pass.json says passTypeIdentifier "{said}", the certificate "{certified}".',
        ),
        SAY_THE_SAME,
    )
    TEAM_DIFFERS = (
        "team_differs",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="pass.json dit teamIdentifier « {said} », le certificat « {certified} ».",
            en='pass.json says teamIdentifier "{said}", the certificate "{certified}".',
        ),
        SAY_THE_SAME,
    )
    NOT_FOR_PASSES = (
        "not_for_passes",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Ce certificat n'est pas fait pour des passes : il lui manque {part}.",
            en="This certificate is not made for passes: it lacks {part}.",
        ),
        ORDER_IT,
    )
    CERTIFICATE_EXPIRED = (
        "certificate_expired",
        Grade.FAULT,
        meanings.FROZEN,
        Text(fr="Le certificat du pass a expiré le {day}.", en="The certificate of the pass expired on {day}."),
        RENEW,
    )
    CERTIFICATE_EXPIRES = (
        "certificate_expires",
        Grade.WARNING,
        meanings.SOON,
        Text(
            fr="Le certificat du pass expire le {day}, dans {left} {left:jour|jours}.",
            en="The certificate of the pass expires on {day}, in {left} {left:day|days}.",
        ),
        RENEW,
    )
    CERTIFICATE_EARLY = (
        "certificate_early",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Le certificat « {name} » ne vaut qu'à partir du {day}.",
            en='The certificate "{name}" is valid from {day} only.',
        ),
        Text(
            fr="Attendez ce jour, ou réglez l'horloge de cette machine.",
            en="Wait for that day, or set the clock of this machine.",
        ),
    )
    INTERMEDIATE_MISSING = (
        "intermediate_missing",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="L'intermédiaire « {name} », qui a délivré le certificat, n'est pas dans la signature.",
            en='The intermediate "{name}", which issued the certificate, is not in the signature.',
        ),
        TAKE_G4,
    )
    INTERMEDIATE_OTHER = (
        "intermediate_other",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Le certificat vient de l'intermédiaire {needed}, et la signature contient {given}.",
            en="The certificate is of the intermediate {needed}, and the signature holds {given}.",
        ),
        TAKE_G4,
    )
    INTERMEDIATE_DEAD = (
        "intermediate_dead",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="L'intermédiaire est le premier WWDR d'Apple (G1), mort le 7 février 2023.",
            en="The intermediate is Apple's first WWDR (G1), which died on 7 February 2023.",
        ),
        Text(
            fr="Demandez un nouveau certificat « Pass Type ID » (ils viennent de G4) et joignez WWDR G4.",
            en='Ask for a new "Pass Type ID" certificate (they are of G4) and put WWDR G4 beside it.',
        ),
    )
    INTERMEDIATE_UNUSUAL = (
        "intermediate_unusual",
        Grade.WARNING,
        meanings.REFUSED,
        Text(
            fr="Le certificat vient de l'intermédiaire {given} ; ceux des passes viennent de G4.",
            en="The certificate is of the intermediate {given}; those of passes are of G4.",
        ),
        ORDER_IT,
    )
    AUTHORITY_EXPIRED = (
        "authority_expired",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="L'autorité « {name} » a expiré le {day}.", en='The authority "{name}" expired on {day}.'),
        TAKE_G4,
    )
    AUTHORITY_EXPIRES = (
        "authority_expires",
        Grade.WARNING,
        meanings.SOON,
        Text(
            fr="L'autorité « {name} » expire le {day}, dans {left} {left:jour|jours}.",
            en='The authority "{name}" expires on {day}, in {left} {left:day|days}.',
        ),
        RENEW,
    )
    AUTHORITY_NONE = (
        "authority_none",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="« {name} » a délivré un certificat de la chaîne sans en avoir le droit : ce n'est pas une autorité.",
            en='"{name}" issued a certificate of the chain and may not: it is no authority.',
        ),
        ORDER_IT,
    )
    AUTHORITY_FORGED = (
        "authority_forged",
        Grade.FAULT,
        meanings.FORGED,
        Text(
            fr="Un certificat porte le nom « {name} » mais n'a pas délivré celui qui s'en réclame.",
            en='A certificate has the name "{name}" but did not issue the one that claims it.',
        ),
        ORDER_IT,
    )
    AUTHORITY_UNKNOWN = (
        "authority_unknown",
        Grade.FAULT,
        meanings.UNKNOWN_ISSUER,
        Text(
            fr="La chaîne ne mène pas à Apple mais à « {name} », une autorité faite maison ou inconnue.",
            en='The chain does not lead to Apple but to "{name}", an authority made at home or unknown.',
        ),
        Text(
            fr="Pour des clients, signez avec un certificat d'Apple. Pour un essai : --root racine.pem la fait"
            " accepter ici.",
            en="For customers, sign with a certificate of Apple's. For a trial: --root root.pem makes it"
            " accepted here.",
        ),
    )
    AUTHORITY_GIVEN = (
        "authority_given",
        Grade.REMARK,
        meanings.UNKNOWN_ISSUER,
        Text(
            fr="Signé sous « {name} », l'autorité donnée par --root, et non sous Apple.",
            en='Signed under "{name}", the authority given by --root, and not under Apple.',
        ),
        Text(
            fr="C'est bien pour un essai ; pour des clients il faut un certificat d'Apple.",
            en="That is right for a trial; customers need a certificate of Apple's.",
        ),
    )
