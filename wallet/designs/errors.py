"""Refusals of designs."""

from app.complaints import declare_complaint
from app.errors import NotFound
from app.languages import Text

NO_CHANGE_PLACE = declare_complaint(
    "no_place_for_the_change",
    Text(
        fr="Il faut %@ là où doit se lire la nouvelle valeur.",
        en="It must hold %@ where the new value is to be read.",
    ),
)
NOTHING_TO_SAY = declare_complaint(
    "text_of_field_missing", Text(fr="Un champ de texte a besoin de son texte.", en="A field of text needs its text.")
)
NOT_OF_THIS_PASS = declare_complaint(
    "not_of_this_pass",
    Text(fr="Ce type de carte n'a rien à montrer là.", en="This kind of pass has nothing to show there."),
)
NOT_ON_THIS_SIDE = declare_complaint(
    "field_on_wrong_side",
    Text(fr="Ce champ n'est pas de ce côté de la carte.", en="This field is not of this side of the pass."),
)
NOT_A_TAP_KEY = declare_complaint(
    "not_a_tap_key",
    Text(
        fr="Il faut une clé publique P-256 compressée (X.509, en base64).",
        en="It must be a compressed public key on P-256 (X.509, in base64).",
    ),
)


class DesignVersionUnknown(NotFound):
    title = Text(
        fr="Il n'y a pas de version {version} de ce modèle.", en="There is no version {version} of this design."
    )
