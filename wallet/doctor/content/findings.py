"""What may be wrong with what `pass.json` says of the pass itself."""

from app.languages import Text
from wallet.doctor import meanings
from wallet.doctor.ailments import Ailment, Grade

WITH_OFFSET = Text(
    fr="Écrivez la date, l'heure et le décalage avec deux-points : 2027-01-31T23:59:59+01:00.",
    en="Write date, time and offset with a colon: 2027-01-31T23:59:59+01:00.",
)
PLAIN_SERIAL = Text(
    fr="Au moins 16 caractères parmi A-Z a-z 0-9 - _, tirés au hasard ; il ne pourra jamais changer.",
    en="At least 16 characters of A-Z a-z 0-9 - _, drawn by lot; it can never change.",
)


class IdentityAilment(Ailment):
    """Faults of who the pass is."""

    PASS_NO_OBJECT = (
        "pass_no_object",
        Grade.FAULT,
        meanings.NO_PASS,
        Text(fr="pass.json n'est pas un objet JSON lisible.", en="pass.json is no JSON object that can be read."),
        Text(fr="pass.json commence par {{ et finit par }}.", en="pass.json begins with {{ and ends with }}."),
    )
    KEY_MISSING = (
        "key_missing",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="« {key} » manque ou est vide.", en='"{key}" is missing or empty.'),
        Text(fr="Donnez-lui un texte.", en="Give it a text."),
    )
    KIND_WRONG = (
        "kind_wrong",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="« {key} » doit être {kind}.", en='"{key}" must be {kind}.'),
        Text(fr="Corrigez sa valeur.", en="Put its value right."),
    )
    FORMAT_VERSION = (
        "format_version",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="formatVersion doit être le nombre 1.", en="formatVersion must be the number 1."),
        Text(fr='"formatVersion": 1, sans guillemets autour du 1.', en='"formatVersion": 1, no quotes around the 1.'),
    )
    STYLE_NONE = (
        "style_none",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="Le pass n'a pas de style.", en="The pass has no style."),
        Text(
            fr="Exactement un de storeCard, coupon, generic, eventTicket, boardingPass.",
            en="Exactly one of storeCard, coupon, generic, eventTicket, boardingPass.",
        ),
    )
    STYLES_MANY = (
        "styles_many",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="Le pass a plusieurs styles : {styles}.", en="The pass has several styles: {styles}."),
        Text(fr="Gardez-en un seul.", en="Keep one."),
    )
    KEY_MISSPELT = (
        "key_misspelt",
        Grade.WARNING,
        meanings.UNSEEN,
        Text(
            fr="« {key} » n'est pas une clé d'Apple ; vouliez-vous dire « {meant} » ?",
            en='"{key}" is no key of Apple\'s; did you mean "{meant}"?',
        ),
        Text(fr="Corrigez le nom de la clé.", en="Put the name of the key right."),
    )
    TYPE_SPELT = (
        "type_spelt",
        Grade.WARNING,
        meanings.REFUSED,
        Text(
            fr="passTypeIdentifier « {said} » ne commence pas par « pass. ».",
            en='passTypeIdentifier "{said}" does not begin with "pass.".',
        ),
        Text(fr="Reprenez l'identifiant enregistré chez Apple.", en="Take the identifier as registered with Apple."),
    )
    TEAM_SPELT = (
        "team_spelt",
        Grade.WARNING,
        meanings.REFUSED,
        Text(
            fr="teamIdentifier « {said} » n'a pas dix lettres majuscules ou chiffres.",
            en='teamIdentifier "{said}" has not ten capitals or digits.',
        ),
        Text(fr="Il est dans votre compte de développeur Apple.", en="It is in your Apple developer account."),
    )
    SERIAL_CHARACTERS = (
        "serial_characters",
        Grade.WARNING,
        meanings.FROZEN,
        Text(
            fr="serialNumber a des caractères que des applications mettent tels quels dans une adresse.",
            en="serialNumber has characters that apps put into an address as they are.",
        ),
        PLAIN_SERIAL,
    )
    SERIAL_SHORT = (
        "serial_short",
        Grade.REMARK,
        meanings.EXPOSED,
        Text(
            fr="serialNumber est court ({length} {length:caractère|caractères}) et se devine.",
            en="serialNumber is short ({length} {length:character|characters}) and can be guessed.",
        ),
        PLAIN_SERIAL,
    )
    USER_INFO = (
        "user_info",
        Grade.REMARK,
        meanings.EXPOSED,
        Text(
            fr="userInfo se lit par quiconque tient le fichier.",
            en="userInfo can be read by whoever holds the file.",
        ),
        Text(fr="N'y mettez rien de personnel ni de secret.", en="Put nothing personal or secret there."),
    )
    GROUP_UNUSED = (
        "group_unused",
        Grade.REMARK,
        meanings.UNNOTICED,
        Text(
            fr="groupingIdentifier ne sert qu'aux styles eventTicket et boardingPass.",
            en="groupingIdentifier is for the styles eventTicket and boardingPass only.",
        ),
        Text(fr="Enlevez-le.", en="Remove it."),
    )
    APP_WITHOUT_STORE = (
        "app_without_store",
        Grade.WARNING,
        meanings.UNSEEN,
        Text(
            fr="appLaunchURL sans associatedStoreIdentifiers : le lien vers l'application ne se montre pas.",
            en="appLaunchURL without associatedStoreIdentifiers: the link to the app is not shown.",
        ),
        Text(
            fr="Ajoutez le numéro de l'application sur l'App Store.", en="Add the number of the app on the App Store."
        ),
    )


class DateAilment(Ailment):
    """Faults of the instants of a pass."""

    DATE_UNREADABLE = (
        "date_unreadable",
        Grade.FAULT,
        meanings.REFUSED,
        Text(fr="« {said} » n'est pas une date W3C.", en='"{said}" is no W3C date.'),
        WITH_OFFSET,
    )
    DATE_WITHOUT_OFFSET = (
        "date_without_offset",
        Grade.FAULT,
        meanings.REFUSED,
        Text(
            fr="La date « {said} » n'a pas d'heure ou pas de décalage horaire.",
            en='The date "{said}" has no time of day or no offset.',
        ),
        WITH_OFFSET,
    )
    OFFSET_SPELT = (
        "offset_spelt",
        Grade.WARNING,
        meanings.ELSEWHERE,
        Text(fr="Le décalage de « {said} » n'a pas de deux-points.", en='The offset of "{said}" has no colon.'),
        WITH_OFFSET,
    )
    PASS_EXPIRED = (
        "pass_expired",
        Grade.WARNING,
        meanings.PAST,
        Text(fr="Le pass a expiré le {day}.", en="The pass expired on {day}."),
        Text(
            fr="Si le client a encore droit à quelque chose, donnez une date plus tardive.",
            en="If its holder is still entitled to something, give a later date.",
        ),
    )
    PASS_VOIDED = (
        "pass_voided",
        Grade.REMARK,
        meanings.PAST,
        Text(fr="Le pass est annulé (voided).", en="The pass is void (voided)."),
        Text(fr="Bien s'il a servi ; sinon enlevez voided.", en="Right if it was used; else remove voided."),
    )
    DATE_ONE_SPELLING = (
        "date_one_spelling",
        Grade.WARNING,
        meanings.SILENT,
        Text(
            fr="Cette date n'a que la clé « {key} » : iOS 18 lit relevantDate, iOS 26 lit date.",
            en='This date has the key "{key}" only: iOS 18 reads relevantDate, iOS 26 reads date.',
        ),
        Text(fr="Écrivez les deux clés avec la même valeur.", en="Write both keys with the same value."),
    )
    DATES_DISAGREE = (
        "dates_disagree",
        Grade.FAULT,
        meanings.SILENT,
        Text(fr="relevantDate et date disent deux instants.", en="relevantDate and date say two instants."),
        Text(fr="Donnez-leur la même valeur.", en="Give them the same value."),
    )
    DATE_NONE = (
        "date_none",
        Grade.FAULT,
        meanings.SILENT,
        Text(
            fr="Cette entrée de relevantDates n'a ni relevantDate (ni date), ni startDate et endDate.",
            en="This entry of relevantDates has neither relevantDate (nor date), nor startDate and endDate.",
        ),
        Text(
            fr="Un instant, ou un début et une fin.",
            en="One instant, or a begin and an end.",
        ),
    )
    SPAN_BACKWARDS = (
        "span_backwards",
        Grade.FAULT,
        meanings.SILENT,
        Text(fr="La fin ne vient pas après le début.", en="The end does not come after the begin."),
        Text(fr="Échangez startDate et endDate.", en="Exchange startDate and endDate."),
    )
    RELEVANT_DATE_OLD = (
        "relevant_date_old",
        Grade.REMARK,
        meanings.SILENT,
        Text(
            fr="relevantDate seul : depuis iOS 18, relevantDates le remplace.",
            en="relevantDate alone: since iOS 18, relevantDates takes its place.",
        ),
        Text(fr="Écrivez les deux.", en="Write both."),
    )
    DATE_WITHOUT_PLACE = (
        "date_without_place",
        Grade.REMARK,
        meanings.SILENT,
        Text(
            fr="Un {style} avec une date mais sans lieu ne se montre pas de lui-même.",
            en="A {style} with a date but without a place does not come up by itself.",
        ),
        Text(fr="Ajoutez locations.", en="Add locations."),
    )
