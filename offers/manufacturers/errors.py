"""Refusals of manufacturers' coupons, at a till and in the register. Every one says what staff can tell the
customer."""

from app.complaints import declare_complaint
from app.errors import Conflict, Malformed, NotFound, Problem
from app.languages import Text


class CouponIssuerUnknown(NotFound):
    title = Text(
        fr="L'émetteur de ce bon n'est pas connu de l'enseigne.", en="The issuer of this coupon is not known here."
    )
    remedy = Text(
        fr="Le bon ne peut pas être accepté : un administrateur peut inscrire cet émetteur au registre.",
        en="The coupon cannot be taken: an administrator can enter this issuer in the register.",
    )


class ManufacturerCouponUnreadable(Problem):
    status = 422
    title = Text(
        fr="Ce code n'est pas celui d'un bon de réduction de fabricant.", en="This code is no manufacturer's coupon."
    )
    remedy = Text(
        fr="Un bon commence par 981 ou 982 (EAN-13), ou par (255).",
        en="A coupon begins with 981 or 982 (EAN-13), or with (255).",
    )


class ManufacturerCouponMistyped(Problem):
    """Its check digit is wrong."""

    status = 422
    title = Text(
        fr="Ce bon est mal lu : un chiffre est faux.", en="This coupon was read wrongly: one of its digits is wrong."
    )
    remedy = Text(fr="Scannez-le à nouveau, ou ressaisissez-le.", en="Scan it again, or type it anew.")


class ManufacturerCouponExpired(Conflict):
    title = Text(
        fr="Ce bon {issuer} n'était valable que jusqu'au {last_day}.",
        en="This coupon of {issuer} was valid until {last_day}.",
    )


class ManufacturerCouponNotStarted(Conflict):
    title = Text(
        fr="Ce bon {issuer} ne sera valable qu'à partir du {first_day}.",
        en="This coupon of {issuer} is valid from {first_day} on.",
    )


class ManufacturerCouponForeign(Conflict):
    """Money is never converted silently."""

    title = Text(
        fr="Ce bon {issuer} est en {currency}, et non dans la monnaie du ticket.",
        en="This coupon of {issuer} is in {currency}, not in the currency of the receipt.",
    )


class ManufacturerCouponWithoutValue(Conflict):
    """Neither the code nor the register says an amount: points are none, and an article for nothing must be allowed."""

    title = Text(
        fr="Ce bon ({issuer}) ne dit pas combien il vaut, et le registre non plus.",
        en="Neither this coupon ({issuer}) nor the register says what it is worth.",
    )


class ManufacturerCouponValueRefused(Conflict):
    title = Text(
        fr="La valeur de ce bon {issuer} n'est pas de celles que l'émetteur rembourse.",
        en="The value of this coupon of {issuer} is not one that the issuer refunds.",
    )


class ManufacturerCouponWithoutSerial(Conflict):
    """Its issuer says that every number is unique; this one has none of its own."""

    title = Text(
        fr="Ce bon {issuer} n'a pas de numéro propre : il ne peut pas être accepté.",
        en="This coupon of {issuer} has no number of its own: it cannot be taken.",
    )


class ManufacturerCouponUsed(Conflict):
    title = Text(
        fr="Ce bon {issuer} a déjà servi le {at} ({store}).", en="This coupon of {issuer} was used on {at} ({store})."
    )


class ManufacturerCouponTwice(Conflict):
    title = Text(
        fr="Ce bon {issuer} est deux fois dans cette vente.", en="This coupon of {issuer} is twice in this sale."
    )


class ManufacturerCouponWithoutArticle(Conflict):
    title = Text(
        fr="Ce bon {issuer} demande {units} {units:article|articles} que le panier n'a pas, ou qu'un autre bon paie.",
        en="This coupon ({issuer}) asks for {units} {units:article|articles} that the basket lacks, or that another"
        " coupon pays for.",
    )


class ManufacturerCouponCapped(Conflict):
    title = Text(
        fr="Sur cet article la loi ne permet plus d'avantage : le bon {issuer} ne peut rien payer.",
        en="On this article the law allows no further advantage: the coupon of {issuer} can pay nothing.",
    )


class ManufacturerCouponPaysNothing(Conflict):
    title = Text(
        fr="Il ne reste rien à payer de l'article de ce bon {issuer}.",
        en="Nothing is left to pay of the article of this coupon of {issuer}.",
    )


class IssuerListUnknown(Malformed):
    """`errors` name each product list that the brand does not have."""

    title = Text(
        fr="Un bon porte sur une liste d'articles que l'enseigne n'a pas.",
        en="A coupon is about a product list that the brand does not have.",
    )


AT_TILLS = (
    CouponIssuerUnknown,
    ManufacturerCouponUnreadable,
    ManufacturerCouponMistyped,
    ManufacturerCouponExpired,
    ManufacturerCouponNotStarted,
    ManufacturerCouponForeign,
    ManufacturerCouponWithoutValue,
    ManufacturerCouponValueRefused,
    ManufacturerCouponWithoutSerial,
    ManufacturerCouponUsed,
    ManufacturerCouponTwice,
    ManufacturerCouponWithoutArticle,
    ManufacturerCouponCapped,
    ManufacturerCouponPaysNothing,
)
"""Why a sale does not take a coupon."""


class IssuerPrefixTaken(Conflict):
    title = Text(
        fr="Le préfixe {prefix} est déjà celui d'un autre émetteur.",
        en="The prefix {prefix} is another issuer's already.",
    )


class IssuerCurrencyFixed(Conflict):
    title = Text(
        fr="La monnaie d'un émetteur ne change pas : elle est {currency}.",
        en="The currency of an issuer does not change: it is {currency}.",
    )
    remedy = Text(fr="Inscrivez un autre émetteur.", en="Enter another issuer.")


NOT_AN_ISSUER_CODE = declare_complaint(
    "not_an_issuer_code",
    Text(
        fr="De 1 à 40 lettres minuscules, chiffres et tirets.",
        en="1 to 40 small letters, digits and hyphens.",
    ),
)
NOT_A_PREFIX = declare_complaint(
    "not_an_issuer_prefix",
    Text(
        fr="981 ou 982 et quatre ou six chiffres, ou un préfixe GS1 de 4 à 12 chiffres.",
        en="981 or 982 with four or six digits, or a GS1 prefix of 4 to 12 digits.",
    ),
)
PREFIX_REPEATED = declare_complaint(
    "prefix_repeated", Text(fr="Un préfixe est là deux fois.", en="A prefix is there twice.")
)
UNIQUE_WITHOUT_SERIAL = declare_complaint(
    "unique_without_serial",
    Text(fr="Un bon 981 ou 982 n'a pas de numéro unique.", en="A coupon 981 or 982 has no unique number."),
)
FREE_WITHOUT_ARTICLES = declare_complaint(
    "free_without_articles",
    Text(fr="Dites quel article peut être gratuit.", en="Say which article may be for nothing."),
)
LEAST_ABOVE_MOST = declare_complaint(
    "least_above_most", Text(fr="Le minimum dépasse le maximum.", en="The least is above the most.")
)
