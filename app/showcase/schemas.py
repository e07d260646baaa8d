"""Profiles on the wire. Colours are `#rrggbb`; words are in both languages, and in the reader's for anybody."""

import marshmallow as ma

from app import complaints
from app.codes.drawings import CodeSymbology
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern, Prose
from app.http.pagination import PageOut
from app.http.serialization import mirror_shape
from app.pictures.schemas import SHA256, PictureOut, picture_field

COLOUR = Pattern(r"^#[0-9A-Fa-f]{6}$", complaints.NOT_A_COLOUR)
LINK = Pattern(r"^https://[^\s/?#@]+\.[^\s@]+$", complaints.NOT_A_LINK)
CONTACT = Pattern(
    r"^(https://[^\s/?#@]+\.[^\s@]+|mailto:[^\s@,?]+@[^\s@,?]+\.[^\s@,?]+|tel:\+?[0-9]{3,15})$",
    complaints.NOT_A_CONTACT,
)
SYMBOLOGY = ma.validate.OneOf([str(one) for one in CodeSymbology])
MOST_LINKS, MOST_PICTURES = 10, 8
LONGEST_URL = 300
READ_BY_TILLS = {"description": "In which barcode cards are drawn, since the brand's tills read it"}


class BrandLineIn(In):
    """A line for people, in both languages."""

    fr = LineField(required=True, longest=120)
    en = LineField(required=True, longest=120)


class BrandTermsIn(In):
    """The terms of the programme, in both languages."""

    fr = Prose(required=True, longest=20_000)
    en = Prose(required=True, longest=20_000)


class BrandLinkIn(In):
    """An address of the brand: its site, its app, what opens a page of it."""

    label = ma.fields.Nested(BrandLineIn, required=True)
    url = ma.fields.String(required=True, validate=[ma.validate.Length(max=LONGEST_URL), LINK])


class BrandProfileIn(In):
    """What a brand says of itself. Name, colour and contacts for personal data are those of `/v1/brand`."""

    listed = ma.fields.Boolean(truthy={True}, falsy={False}, load_default=True)
    tagline = ma.fields.Nested(BrandLineIn, allow_none=True, load_default=None)
    accent = ma.fields.String(allow_none=True, load_default=None, validate=COLOUR)
    logo = picture_field()
    pictures = ma.fields.List(
        ma.fields.String(validate=SHA256), load_default=list, validate=ma.validate.Length(max=MOST_PICTURES)
    )
    links = ma.fields.List(
        ma.fields.Nested(BrandLinkIn), load_default=list, validate=ma.validate.Length(max=MOST_LINKS)
    )
    help_contact = ma.fields.String(
        allow_none=True, load_default=None, validate=[ma.validate.Length(max=LONGEST_URL), CONTACT]
    )
    terms = ma.fields.Nested(BrandTermsIn, allow_none=True, load_default=None)
    card_symbology = ma.fields.String(load_default=str(CodeSymbology.QR), validate=SYMBOLOGY, metadata=READ_BY_TILLS)


class ProfileVersionQuery(In):
    """Which version: the one in force, when left out."""

    version = ma.fields.Integer(load_default=None, validate=ma.validate.Range(0, 1_000_000))


class PastProfileOut(Out):
    """One version."""

    version = ma.fields.Integer(required=True)
    set_by = ma.fields.UUID(required=True)
    set_at = Instant(required=True)


class BrandProfileOut(Out):
    """A version of a brand's profile, the pictures that it names, and every version, the last first."""

    version = ma.fields.Integer(required=True)
    profile = ma.fields.Nested(mirror_shape(BrandProfileIn), required=True)
    pictures = ma.fields.List(ma.fields.Nested(PictureOut), required=True)
    history = ma.fields.List(ma.fields.Nested(PastProfileOut), required=True)


class ShownLinkOut(Out):
    label = ma.fields.String(required=True)
    url = ma.fields.String(required=True)


class ShownBrandOut(Out):
    """A brand as anybody sees it."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    tagline = ma.fields.String(required=True, allow_none=True)
    colour = ma.fields.String(required=True, allow_none=True)
    accent = ma.fields.String(required=True, allow_none=True)
    countries = ma.fields.List(ma.fields.String(), required=True)
    currency = ma.fields.String(required=True)
    logo = ma.fields.Nested(PictureOut, required=True, allow_none=True)
    card_symbology = ma.fields.String(required=True, validate=SYMBOLOGY, metadata=READ_BY_TILLS)


class ShownBrandsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(ShownBrandOut), required=True)


class WholeBrandOut(ShownBrandOut):
    """All that a brand says of itself."""

    legal_name = ma.fields.String(required=True, allow_none=True)
    postal_address = ma.fields.String(required=True, allow_none=True)
    privacy_contact = ma.fields.String(required=True, allow_none=True)
    dpo_contact = ma.fields.String(required=True, allow_none=True)
    help_contact = ma.fields.String(required=True, allow_none=True)
    time_zone = ma.fields.String(required=True)
    language = ma.fields.String(required=True)
    pictures = ma.fields.List(ma.fields.Nested(PictureOut), required=True)
    links = ma.fields.List(ma.fields.Nested(ShownLinkOut), required=True)
    terms = ma.fields.String(required=True, allow_none=True)
