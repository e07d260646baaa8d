"""Refusals of pictures."""

from app.complaints import declare_complaint
from app.errors import Conflict, Malformed, NotFound, Problem
from app.languages import Text

PICTURE_NOT_SENT = declare_complaint(
    "picture_not_sent",
    Text(
        fr="Votre enseigne n'a pas envoyé d'image de ce nom : envoyez-la d'abord.",
        en="Your brand sent no picture of this name: send it first.",
    ),
)

RAW = Text(fr="Envoyez une image PNG, JPEG ou WebP.", en="Send a picture as PNG, JPEG or WebP.")


class PictureUnknown(NotFound):
    title = Text(fr="Cette image n'existe pas.", en="There is no such picture.")


class PictureUnreadable(Malformed):
    """Bytes that are no picture, or one that ends too soon."""

    title = Text(
        fr="Ce fichier n'est pas une image que l'on peut lire.", en="This file is no picture that can be read."
    )
    remedy = RAW


class PictureKindRefused(Problem):
    """A drawing that may hold programs (SVG), or a kind of picture that wallets do not show."""

    status = 415
    title = Text(fr="Les images de type {kind} ne sont pas acceptées.", en="Pictures of the kind {kind} are not taken.")
    remedy = Text(
        fr="Exportez-la en PNG : un SVG peut contenir du code, et les portefeuilles ne montrent que des PNG.",
        en="Export it as PNG: an SVG can hold code, and wallets only show PNG.",
    )


class PictureMoves(Malformed):
    title = Text(fr="Une image animée ne peut pas être montrée.", en="A picture that moves cannot be shown.")
    remedy = Text(fr="Envoyez une seule de ses images.", en="Send one of its frames.")


class PictureTooLarge(Malformed):
    """More pixels than are decoded, whatever the file weighs."""

    title = Text(
        fr="L'image a {width} × {height} px ; {most} millions au plus sont lus.",
        en="The picture has {width} × {height} px; at most {most} million are read.",
    )
    remedy = Text(fr="Réduisez-la, puis envoyez-la à nouveau.", en="Make it smaller and send it again.")


class PictureTooSmall(Malformed):
    title = Text(
        fr="L'image a {width} × {height} px ; il en faut au moins {least_width} × {least_height} px.",
        en="The picture has {width} × {height} px; it needs at least {least_width} × {least_height} px.",
    )


class PictureProportionsWrong(Malformed):
    """A picture that would have to be cut or stretched beyond recognition."""

    title = Text(
        fr="L'image a {width} × {height} px ; {wanted}.", en="The picture has {width} × {height} px; {wanted}."
    )


class TooManyPictures(Conflict):
    """Pictures are kept for ever, since an address of one may stand anywhere."""

    title = Text(fr="Votre enseigne a déjà envoyé {most} images.", en="Your brand has already sent {most} pictures.")
    remedy = Text(fr="Réutilisez l'une d'elles.", en="Use one of them again.")
