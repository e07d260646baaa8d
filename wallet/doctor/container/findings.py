"""What may be wrong with the zip of a pass and with the members in it."""

from app.languages import Text
from wallet.doctor import meanings
from wallet.doctor.ailments import Ailment, Grade


class ContainerAilment(Ailment):
    """Faults of the container: what was sent is no pass, or a zip that readers may read differently."""

    FILE_EMPTY = (
        "file_empty",
        Grade.FAULT,
        meanings.NO_PASS,
        Text(fr="Le fichier est vide.", en="The file is empty."),
        Text(fr="Téléchargez-le de nouveau.", en="Download it again."),
    )
    NOT_A_ZIP = (
        "not_a_zip",
        Grade.FAULT,
        meanings.NO_PASS,
        Text(
            fr="Ce n'est pas un pass : un pass est une archive zip, et ceci est {kind}.",
            en="This is no pass: a pass is a zip archive, and this is {kind}.",
        ),
        Text(
            fr="Si un serveur l'a envoyé, regardez sa réponse : une page d'erreur ou un pass.json seul n'est pas un"
            " pass. Un pass part avec Content-Type: application/vnd.apple.pkpass.",
            en="If a server sent it, look at its answer: an error page or a pass.json alone is no pass. A pass is sent"
            " with Content-Type: application/vnd.apple.pkpass.",
        ),
    )
    ZIP_BROKEN = (
        "zip_broken",
        Grade.FAULT,
        meanings.NO_PASS,
        Text(fr="L'archive est abîmée ou incomplète.", en="The archive is broken or incomplete."),
        Text(
            fr="Envoyez-la en binaire et en entier : sans toucher aux fins de ligne, sans rien encoder ni couper.",
            en="Send it whole and as binary: no conversion of line ends, no text encoding, no cut.",
        ),
    )
    TOO_LARGE = (
        "too_large",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="L'archive, ouverte, dépasse ce qu'un pass peut contenir.",
            en="Unpacked, the archive holds more than a pass can.",
        ),
        Text(
            fr="Un pass contient un pass.json, quelques images et quelques textes : enlevez le reste.",
            en="A pass holds a pass.json, a few pictures and a few texts: remove the rest.",
        ),
    )
    ENCRYPTED = (
        "encrypted",
        Grade.FAULT,
        meanings.NO_PASS,
        Text(fr="L'archive est protégée par un mot de passe.", en="The archive is protected by a password."),
        Text(fr="Zippez le pass sans mot de passe.", en="Zip the pass without a password."),
    )
    METHOD_UNUSABLE = (
        "method_unusable",
        Grade.FAULT,
        meanings.NO_PASS,
        Text(
            fr="Ce membre est compressé d'une manière que les téléphones ne lisent pas.",
            en="This member is packed in a way that phones do not read.",
        ),
        Text(fr="Zippez avec « deflate » ou sans compression.", en='Zip with "deflate" or without compression.'),
    )
    NO_PASS_INSIDE = (
        "no_pass_inside",
        Grade.FAULT,
        meanings.NO_PASS,
        Text(
            fr="L'archive ne contient pas de pass.json : ce n'est pas un pass.",
            en="The archive holds no pass.json: it is no pass.",
        ),
        Text(
            fr="Un pass a pass.json, manifest.json, signature et icon.png à la racine de l'archive.",
            en="A pass has pass.json, manifest.json, signature and icon.png at the root of the archive.",
        ),
    )
    FOLDER_ZIPPED = (
        "folder_zipped",
        Grade.FAULT,
        meanings.NO_PASS,
        Text(
            fr="pass.json est dans le dossier « {folder} » et non à la racine : le dossier a été zippé au lieu de ce"
            " qu'il contient.",
            en='pass.json is in the folder "{folder}" and not at the root: the folder was zipped instead of what it'
            " holds.",
        ),
        Text(
            fr="Zippez depuis l'intérieur du dossier : cd dossier, puis zip -r ../pass.pkpass .",
            en="Zip from inside of the folder: cd folder, then zip -r ../pass.pkpass .",
        ),
    )
    MEMBER_TWICE = (
        "member_twice",
        Grade.FAULT,
        meanings.TWO_READINGS,
        Text(fr="Ce membre est deux fois dans l'archive.", en="This member is in the archive twice."),
        Text(fr="Refaites l'archive au lieu de la compléter.", en="Make the archive anew instead of adding to it."),
    )
    MEMBERS_ALIKE = (
        "members_alike",
        Grade.WARNING,
        meanings.TWO_READINGS,
        Text(
            fr="Deux membres ne diffèrent que par les majuscules : {other}.",
            en="Two members differ by capitals only: {other}.",
        ),
        Text(fr="Gardez un seul des deux.", en="Keep one of the two."),
    )
    PATH_UNSAFE = (
        "path_unsafe",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Ce nom de membre sort du pass ou trompe qui l'ouvre.",
            en="This name of a member leads out of the pass, or deceives whoever opens it.",
        ),
        Text(
            fr="Noms simples seulement : icon.png, fr.lproj/pass.strings ; ni « .. », ni « \\ », ni « / » au début.",
            en='Plain names only: icon.png, fr.lproj/pass.strings; no "..", no "\\", no "/" at the beginning.',
        ),
    )
    LINK_INSIDE = (
        "link_inside",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="Ce membre est un lien vers un autre fichier.", en="This member is a link to another file."),
        Text(fr="Mettez le fichier lui-même.", en="Put the file itself there."),
    )
    DIRECTORY_DISAGREES = (
        "directory_disagrees",
        Grade.FAULT,
        meanings.TWO_READINGS,
        Text(
            fr="L'en-tête de ce membre et le répertoire de l'archive se contredisent : le fichier a été retouché.",
            en="The header of this member and the directory of the archive do not say the same: it was tampered with.",
        ),
        Text(fr="Refaites l'archive avec un outil ordinaire.", en="Make the archive anew with an ordinary tool."),
    )
    BYTES_BETWEEN = (
        "bytes_between",
        Grade.FAULT,
        meanings.TWO_READINGS,
        Text(
            fr="Le fichier contient des octets qui n'appartiennent à aucun membre, ou des membres qui se chevauchent.",
            en="The file holds bytes that belong to no member, or members that overlap.",
        ),
        Text(
            fr="Refaites l'archive ; rien ne doit être ajouté avant, après ou entre les membres.",
            en="Make the archive anew; nothing may be added before, after or between the members.",
        ),
    )
    MEMBER_BROKEN = (
        "member_broken",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Ce membre est abîmé : sa somme de contrôle ou sa compression est fausse.",
            en="This member is broken: its checksum or its compression is wrong.",
        ),
        Text(fr="Refaites le pass ou téléchargez-le de nouveau.", en="Make the pass anew, or download it again."),
    )
    MEMBER_MISSING = (
        "member_missing",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="Ce membre obligatoire manque.", en="This mandatory member is missing."),
        Text(
            fr="Tout pass a pass.json, icon.png, manifest.json et signature.",
            en="Every pass has pass.json, icon.png, manifest.json and signature.",
        ),
    )
    LEFT_BY_A_SYSTEM = (
        "left_by_a_system",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="Un ordinateur a laissé ce fichier dans l'archive ; il n'est pas du pass.",
            en="A computer left this file in the archive; it is not of the pass.",
        ),
        Text(
            fr="Sur un Mac : zip -r -X, et supprimez les .DS_Store avant de signer.",
            en="On a Mac: zip -r -X, and remove .DS_Store before you sign.",
        ),
    )
    SIZE_HIGH = (
        "size_high",
        Grade.WARNING,
        meanings.HEAVY,
        Text(fr="Le fichier pèse {kilobytes} ko.", en="The file has {kilobytes} kB."),
        Text(
            fr="Sous {most} ko : réduisez les images à la taille où elles sont montrées.",
            en="Below {most} kB: make the pictures as small as they are shown.",
        ),
    )
    PASSES_BROKEN = (
        "passes_broken",
        Grade.FAULT,
        meanings.NO_PASS,
        Text(
            fr="Cette archive de passes (.pkpasses) contient un membre qui n'est pas un pass.",
            en="This archive of passes (.pkpasses) has a member that is no pass.",
        ),
        Text(
            fr="Un .pkpasses contient seulement des .pkpass, à la racine.",
            en="A .pkpasses holds .pkpass files only, at its root.",
        ),
    )
    PASSES_MANY = (
        "passes_many",
        Grade.REMARK,
        meanings.ELSEWHERE,
        Text(
            fr="C'est un lot de {count} {count:pass|passes} : presque seul Safari sait l'ouvrir.",
            en="This is a bundle of {count} {count:pass|passes}: hardly anything but Safari opens it.",
        ),
        Text(
            fr="Offrez aussi un lien par pass, et envoyez le lot avec Content-Type: application/vnd.apple.pkpasses.",
            en="Offer a link for each pass too, and send the bundle with Content-Type: application/vnd.apple.pkpasses.",
        ),
    )


class ContentKind:
    """What a file is that is no zip, by its first bytes."""

    WEB_PAGE = Text(fr="une page web", en="a web page")
    JSON = Text(fr="du JSON", en="JSON")
    PICTURE = Text(fr="une image", en="a picture")
    PDF = Text(fr="un PDF", en="a PDF")
    PEM = Text(fr="un certificat ou une clé (PEM)", en="a certificate or a key (PEM)")
    BASE64 = Text(fr="du texte encodé en base64", en="text encoded as base64")
    PACKED = Text(fr="une autre sorte d'archive", en="another kind of archive")
    OTHER = Text(fr="autre chose", en="something else")
