"""What may be wrong with the manifest of a pass, its signature and the certificates behind it."""

from app.languages import Text
from wallet.doctor import meanings
from wallet.doctor.ailments import Ailment, Grade

ZIP_AGAIN = Text(
    fr="Recalculez le manifeste sur les octets exacts de chaque membre, signez-le de nouveau, puis zippez.",
    en="Compute the manifest again over the exact bytes of each member, sign it again, then zip.",
)
SIGN_AGAIN = Text(
    fr="Signez les octets exacts de manifest.json, sans rien y changer ensuite.",
    en="Sign the exact bytes of manifest.json, and change nothing in it afterwards.",
)


class ManifestAilment(Ailment):
    """Faults of `manifest.json`, which lists every member with its SHA-1."""

    MANIFEST_NO_LIST = (
        "manifest_no_list",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="manifest.json n'est pas une liste « nom : empreinte ».",
            en='manifest.json is no list "name: digest".',
        ),
        ZIP_AGAIN,
    )
    DIGEST_WRONG = (
        "digest_wrong",
        Grade.FAULT,
        meanings.FORGED,
        Text(
            fr="Ce membre n'a pas l'empreinte que le manifeste annonce : il a été changé après la signature.",
            en="This member has not the digest that the manifest gives: it was changed after the signature.",
        ),
        ZIP_AGAIN,
    )
    DIGEST_NOT_SHA1 = (
        "digest_not_sha1",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="L'empreinte de ce membre est en {kind} ; Apple attend SHA-1, 40 chiffres hexadécimaux minuscules.",
            en="The digest of this member is {kind}; Apple wants SHA-1, 40 hexadecimal digits in small letters.",
        ),
        ZIP_AGAIN,
    )
    LISTED_MISSING = (
        "listed_missing",
        Grade.FAULT,
        meanings.FORGED,
        Text(
            fr="Le manifeste liste ce membre, que l'archive n'a pas.",
            en="The manifest lists this member, which the archive lacks.",
        ),
        ZIP_AGAIN,
    )
    MEMBER_UNLISTED = (
        "member_unlisted",
        Grade.FAULT,
        meanings.FORGED,
        Text(
            fr="Ce membre n'est pas dans le manifeste : il a été ajouté après la signature.",
            en="This member is not in the manifest: it was added after the signature.",
        ),
        ZIP_AGAIN,
    )
    LISTS_ITSELF = (
        "lists_itself",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Le manifeste liste {name}, qui ne peut pas en faire partie.",
            en="The manifest lists {name}, which cannot be in it.",
        ),
        ZIP_AGAIN,
    )


class SignatureAilment(Ailment):
    """Faults of `signature`: a detached CMS SignedData (RFC 5652) over the bytes of the manifest."""

    SIGNATURE_UNREADABLE = (
        "signature_unreadable",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="La signature n'est pas du CMS (PKCS#7) en DER.",
            en="The signature is no CMS (PKCS#7) in DER.",
        ),
        Text(
            fr="Écrivez du DER binaire, ni PEM ni S/MIME : openssl cms -sign -binary -outform DER -in manifest.json …",
            en="Write binary DER, neither PEM nor S/MIME: openssl cms -sign -binary -outform DER -in manifest.json …",
        ),
    )
    SIGNATURE_UNUSUAL = (
        "signature_unusual",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="La signature n'est pas construite comme le veut la RFC 5652 ({part}).",
            en="The signature is not built as RFC 5652 wants it ({part}).",
        ),
        SIGN_AGAIN,
    )
    NO_SIGNER = (
        "no_signer",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="Personne n'a signé.", en="Nobody signed."),
        SIGN_AGAIN,
    )
    SIGNERS_MANY = (
        "signers_many",
        Grade.WARNING,
        meanings.ELSEWHERE,
        Text(
            fr="{count} {count:signataire|signataires} au lieu d'un.",
            en="{count} {count:signer|signers} instead of one.",
        ),
        SIGN_AGAIN,
    )
    SIGNER_UNKNOWN = (
        "signer_unknown",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Le certificat du signataire n'est pas dans la signature.",
            en="The certificate of the signer is not in the signature.",
        ),
        Text(
            fr="Joignez le certificat « Pass Type ID » et l'intermédiaire WWDR G4 à la signature.",
            en='Put the "Pass Type ID" certificate and the intermediate WWDR G4 into the signature.',
        ),
    )
    CERTIFICATE_UNREADABLE = (
        "certificate_unreadable",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Un certificat dans la signature est illisible.",
            en="A certificate in the signature cannot be read.",
        ),
        SIGN_AGAIN,
    )
    MANIFEST_CHANGED = (
        "manifest_changed",
        Grade.FAULT,
        meanings.FORGED,
        Text(
            fr="Le manifeste n'est pas celui qui a été signé : il a été changé après la signature.",
            en="The manifest is not the one that was signed: it was changed after the signature.",
        ),
        SIGN_AGAIN,
    )
    SIGNED_AS_TEXT = (
        "signed_as_text",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Le manifeste a été signé comme un texte : ses fins de ligne ont été changées avant le calcul.",
            en="The manifest was signed as text: its line ends were changed before it was digested.",
        ),
        Text(
            fr="Signez en binaire : -binary avec openssl, PKCS7Options.Binary avec cryptography.",
            en="Sign as binary: -binary with openssl, PKCS7Options.Binary with cryptography.",
        ),
    )
    SIGNATURE_WRONG = (
        "signature_wrong",
        Grade.FAULT,
        meanings.FORGED,
        Text(
            fr="La signature n'a pas été faite avec la clé du certificat qu'elle contient.",
            en="The signature was not made with the key of the certificate that it holds.",
        ),
        Text(
            fr="Vérifiez que la clé privée est bien celle du certificat, puis signez de nouveau.",
            en="Make sure that the private key is the one of the certificate, then sign again.",
        ),
    )
    ALGORITHM_WEAK = (
        "algorithm_weak",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="La signature emploie {algorithm}, que personne n'accepte plus.",
            en="The signature uses {algorithm}, which nobody accepts any more.",
        ),
        Text(fr="Signez avec SHA-256.", en="Sign with SHA-256."),
    )
    ALGORITHM_OLD = (
        "algorithm_old",
        Grade.REMARK,
        meanings.UNNOTICED,
        Text(
            fr="La signature emploie encore SHA-1 ; Apple l'accepte pour l'instant.",
            en="The signature still uses SHA-1; Apple accepts it for now.",
        ),
        Text(fr="Signez avec SHA-256.", en="Sign with SHA-256."),
    )
    NOT_DETACHED = (
        "not_detached",
        Grade.WARNING,
        meanings.REFUSED,
        Text(
            fr="La signature contient le manifeste : elle devrait en être détachée.",
            en="The signature holds the manifest: it should be detached from it.",
        ),
        Text(
            fr="Signez détaché : PKCS7Options.DetachedSignature ; avec openssl, sans -nodetach.",
            en="Sign detached: PKCS7Options.DetachedSignature; with openssl, without -nodetach.",
        ),
    )
    SIGNING_TIME_MISSING = (
        "signing_time_missing",
        Grade.WARNING,
        meanings.REFUSED,
        Text(fr="La signature ne dit pas quand elle a été faite.", en="The signature does not say when it was made."),
        Text(
            fr="Signez avec des attributs signés (signingTime) : sans -noattr.",
            en="Sign with signed attributes (signingTime): without -noattr.",
        ),
    )
    SIGNED_OUT_OF_TIME = (
        "signed_out_of_time",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Signé le {day}, alors que le certificat vaut du {from_day} au {to_day}.",
            en="Signed on {day}, while the certificate is valid from {from_day} to {to_day}.",
        ),
        Text(
            fr="Réglez l'horloge de la machine qui signe, ou renouvelez le certificat.",
            en="Set the clock of the machine that signs, or renew the certificate.",
        ),
    )
    SIGNED_IN_THE_FUTURE = (
        "signed_in_the_future",
        Grade.WARNING,
        meanings.REFUSED,
        Text(fr="Signé le {day}, donc dans le futur.", en="Signed on {day}, which is in the future."),
        Text(fr="Réglez l'horloge de la machine qui signe.", en="Set the clock of the machine that signs."),
    )
