"""Designs on the wire. Colours are `#rrggbb`; words are in both languages."""

import base64
import binascii
from typing import Any

import marshmallow as ma
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern, Prose
from app.http.serialization import mirror_shape
from app.languages import LANGUAGES
from app.showcase.schemas import COLOUR, CONTACT, LINK
from wallet.designs import errors
from wallet.designs.capabilities import PassSymbology, WalletName
from wallet.designs.cuts import PictureName
from wallet.designs.fields import CHANGING, OF_A_CARD, OF_A_COUPON, FieldPlace, FieldShows

CURRENCY = Pattern(r"^[a-z0-9][a-z0-9-]{0,39}$", complaints.NOT_A_CODE)
ISSUER = Pattern(r"^[0-9]{1,20}$", complaints.NOT_A_CODE)
MOST_FIELDS, MOST_LINKS, MOST_ISSUERS = 20, 10, 10
LONGEST_LABEL, LONGEST_TEXT = 60, 2_000


class LabelIn(In):
    """A few words for people, in both languages."""

    fr = LineField(required=True, longest=LONGEST_LABEL)
    en = LineField(required=True, longest=LONGEST_LABEL)


class PassTextIn(In):
    """Some lines for people, in both languages."""

    fr = Prose(required=True, longest=LONGEST_TEXT)
    en = Prose(required=True, longest=LONGEST_TEXT)


def words(shape: type[In], **told: Any) -> ma.fields.Nested:
    """Words in both languages, or none."""
    return ma.fields.Nested(shape, allow_none=True, load_default=None, **told)


def one_of(kinds: Any, **given: Any) -> ma.fields.String:
    """One of the values of an enumeration."""
    return ma.fields.String(validate=ma.validate.OneOf([str(one) for one in kinds]), **given)


class PassFieldIn(In):
    """One field of a pass: what it shows, where, and under which label."""

    shows = one_of(FieldShows, required=True)
    place = one_of(FieldPlace, load_default=str(FieldPlace.BACK))
    label = words(LabelIn, metadata={"description": "The house's own, when left out"})
    text = words(PassTextIn, metadata={"description": "Of a field of `text`"})
    change = words(LabelIn, metadata={"description": "Said on the lock screen, with %@ for the new value"})
    currency = ma.fields.String(allow_none=True, load_default=None, validate=CURRENCY)

    @ma.validates_schema
    def is_whole(self, data: dict[str, Any], **_: Any) -> None:
        """A field of text has its text, and what is said of a change says the new value."""
        if data["shows"] == FieldShows.TEXT and data["text"] is None:
            raise ma.ValidationError([errors.NOTHING_TO_SAY], "text")
        if data["change"] is not None and any(CHANGING not in data["change"][one] for one in LANGUAGES):
            raise ma.ValidationError([errors.NO_CHANGE_PLACE], "change")


class CardSideIn(In):
    """What the pass of a card shows, and how its code is drawn."""

    kind = OF_A_CARD
    front = ma.fields.List(ma.fields.Nested(PassFieldIn), required=True, validate=ma.validate.Length(max=MOST_FIELDS))
    back = ma.fields.List(ma.fields.Nested(PassFieldIn), required=True, validate=ma.validate.Length(max=MOST_FIELDS))
    symbology = one_of(PassSymbology, load_default=str(PassSymbology.QR))

    @ma.validates_schema
    def is_on_its_side(self, data: dict[str, Any], **_: Any) -> None:
        """Each field is one of this kind of pass, on the side where it was put."""
        for side in ("front", "back"):
            for number, field in enumerate(data[side]):
                if field["shows"] not in self.kind:
                    raise ma.ValidationError({side: {number: {"shows": [errors.NOT_OF_THIS_PASS]}}})
                if (field["place"] == FieldPlace.BACK) != (side == "back"):
                    raise ma.ValidationError({side: {number: {"place": [errors.NOT_ON_THIS_SIDE]}}})


class CouponSideIn(CardSideIn):
    """What the pass of a coupon shows, and how its code is drawn."""

    kind = OF_A_COUPON


class PassLinkIn(In):
    """An address on the back."""

    label = ma.fields.Nested(LabelIn, required=True)
    url = ma.fields.String(required=True, validate=[ma.validate.Length(max=300), LINK])


class TapKey(ma.validate.Validator):
    """A public key on P-256, compressed, as Apple's wallet takes it: X.509 in base64."""

    def __call__(self, text: str) -> str:
        """The key, or `ValidationError`."""
        try:
            written = base64.b64decode(text, validate=True)
            key = load_der_public_key(written)
        except (binascii.Error, ValueError, UnsupportedAlgorithm):
            raise ma.ValidationError([errors.NOT_A_TAP_KEY]) from None
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ma.ValidationError([errors.NOT_A_TAP_KEY])
        if not written.endswith(key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)):
            raise ma.ValidationError([errors.NOT_A_TAP_KEY])
        return text


class PassTapIn(In):
    """NFC of Apple's wallet: for whom the code is sealed, and whether the phone must be unlocked first."""

    public_key = ma.fields.String(required=True, validate=[ma.validate.Length(max=200), TapKey()])
    requires_authentication = ma.fields.Boolean(load_default=False)


class PassDesignIn(In):
    """What a brand's passes look like in every wallet; pictures are sent by themselves."""

    name = LineField(
        allow_none=True, load_default=None, longest=60, metadata={"description": "The brand's own, when null"}
    )
    background = ma.fields.String(required=True, validate=COLOUR)
    foreground = ma.fields.String(required=True, validate=COLOUR)
    label = ma.fields.String(required=True, validate=COLOUR)
    logo_text = words(LabelIn)
    card = ma.fields.Nested(CardSideIn, required=True)
    coupon = ma.fields.Nested(CouponSideIn, required=True)
    terms = words(PassTextIn)
    links = ma.fields.List(ma.fields.Nested(PassLinkIn), load_default=list, validate=ma.validate.Length(max=MOST_LINKS))
    help_contact = ma.fields.String(allow_none=True, load_default=None, validate=[ma.validate.Length(max=300), CONTACT])
    nfc = ma.fields.Nested(PassTapIn, allow_none=True, load_default=None)
    smart_tap_issuers = ma.fields.List(
        ma.fields.String(validate=ISSUER), load_default=list, validate=ma.validate.Length(max=MOST_ISSUERS)
    )
    rotates = ma.fields.Boolean(
        load_default=False, metadata={"description": "Whether a code changes by itself, where a wallet can"}
    )


class DesignVersionQuery(In):
    """Which version: the one in force, when left out."""

    version = ma.fields.Integer(load_default=None, validate=ma.validate.Range(0, 1_000_000))


class PreviewQuery(In):
    """Of which pass, in which wallet and language, and as what."""

    wallet = one_of(WalletName, load_default=str(WalletName.APPLE))
    kind = one_of(("card", "coupon"), load_default="card")
    language = one_of(LANGUAGES, load_default=None)
    form = one_of(("png", "html"), load_default="png", data_key="as")


class LossOut(Out):
    """Something that a wallet does not show as it was drawn."""

    code = ma.fields.String(required=True)
    wallet = ma.fields.String(required=True, allow_none=True, metadata={"description": "null for all of them"})
    about = ma.fields.String(required=True, metadata={"description": "Which part of the design, or which field"})
    text = ma.fields.String(required=True)


class LossesOut(Out):
    """What each wallet does not show."""

    items = ma.fields.List(ma.fields.Nested(LossOut), required=True)


class PassPictureOut(Out):
    """A picture as it is shown. Its address never changes, and anybody may fetch it."""

    name = ma.fields.String(
        required=True, metadata={"description": "Its name in Apple's wallet; hero, emblem: Google's"}
    )
    url = ma.fields.String(required=True)
    width = ma.fields.Integer(required=True)
    height = ma.fields.Integer(required=True)


class PastDesignOut(Out):
    """One version."""

    version = ma.fields.Integer(required=True)
    set_by = ma.fields.UUID(required=True)
    set_at = Instant(required=True)


class PassDesignOut(Out):
    """A version of a brand's design, what it shows, what cannot be read in it, and every version, the last first."""

    version = ma.fields.Integer(required=True)
    design = ma.fields.Nested(mirror_shape(PassDesignIn), required=True)
    uploaded = ma.fields.List(one_of(PictureName), required=True)
    pictures = ma.fields.List(ma.fields.Nested(PassPictureOut), required=True)
    warnings = ma.fields.List(ma.fields.Nested(LossOut), required=True)
    history = ma.fields.List(ma.fields.Nested(PastDesignOut), required=True)
