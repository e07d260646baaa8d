"""What receipts say about everybody's data alike: which authority watches, how an answer came, why a datum is asked."""

from collections.abc import Mapping

Party = Mapping[str, str]

AUTHORITIES: Mapping[str, Party] = {
    "FR": {
        "party_id": "authority:cnil",
        "party_name": "Commission nationale de l'informatique et des libertés",
        "party_address": "3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07, FR",
        "party_contact": "https://www.cnil.fr/fr/plaintes",
    },
    "BE": {
        "party_id": "authority:apd-gba",
        "party_name": "Autorité de protection des données",
        "party_address": "Rue de la Presse 35, 1000 Bruxelles, BE",
        "party_contact": "https://www.autoriteprotectiondonnees.be",
    },
    "LU": {
        "party_id": "authority:cnpd",
        "party_name": "Commission nationale pour la protection des données",
        "party_address": "15 boulevard du Jazz, 4370 Belvaux, LU",
        "party_contact": "https://cnpd.public.lu",
    },
}
"""The supervisory authority of a brand's first country (GDPR 77); France where none is listed."""

NOT_STATED = "not stated by the brand"
"""For a brand that has not said who it is. A receipt must not be refused for that: it would refuse a withdrawal."""

RIGHTS = ["withdraw", "access", "rectification", "erasure", "restriction", "portability", "objection"]

COLLECTED_BY: Mapping[str, str] = {
    "app": "app_screen",
    "ios": "app_screen",
    "android": "app_screen",
    "web": "web_form",
    "till": "till_tablet",
    "phone": "phone_agent",
    "paper": "till_paper",
    "import": "import",
}
"""How an answer reached us, by the channel of its evidence."""

ASKED_AS: Mapping[str, str] = {
    "email": "AddressIn.email",
    "phone": "AddressIn.phone",
    "loyalty_id": "CardIn.brand",
    "geo_cell_coarse": "FixIn.lat",
    "geo_position_precise": "FixIn.lat",
}
"""The field of a request whose published reason (`app/reasons.toml`) says why a datum is asked."""

PROFILED = (
    "personalised_offers",
    "offers_from_purchases",
    "in_store_offers",
    "partner_offers",
    "social_audience_matching",
)
"""Purposes that choose by what is known of the member."""
