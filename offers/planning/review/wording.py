"""What an offer meets, and what changes in it, in words."""

from app.languages import Text

CONFLICTS: dict[str, Text] = {
    "article_free": Text(
        fr="Avec « {fr} », un article des deux offres devient gratuit.",
        en="With “{en}” an article of both offers becomes free.",
    ),
    "cap_exceeded": Text(
        fr="Avec « {fr} », l'avantage atteint {percent} % ; la loi ({law}) s'arrête à {most} % : la caisse le réduira.",
        en="With “{en}” the advantage comes to {percent} %; the law ({law}) stops at {most} %: the till will cut it.",
    ),
    "exclusive_with_exclusive": Text(
        fr="« {fr} » est exclusive aussi : dans une vente, une seule des deux s'applique.",
        en="“{en}” is exclusive too: in one sale only one of them applies.",
    ),
    "exclusive_hides": Text(
        fr="Une offre exclusive ne va pas avec les autres : dans une vente, celle-ci ou « {fr} » s'applique seule.",
        en="An exclusive offer does not go with others: in one sale either this one or “{en}” applies.",
    ),
    "fallback_never_shows": Text(
        fr="L'offre de repli « {fr} » ne se montrera pas tant que « {by_fr} » peut se montrer : mêmes magasins, mêmes"
        " jours, pour tous.",
        en="The fallback “{en}” will not show while “{by_en}” can be shown: same stores, same days, for everybody.",
    ),
    "same_rank": Text(
        fr="« {fr} » a le même rang ({rank}), et l'ordre change le prix : le bon qui expire le premier passe d'abord.",
        en="“{en}” has the same rank ({rank}), and order changes the price: the coupon that expires first goes first.",
    ),
    "budget_shared": Text(
        fr="Un budget de l'enseigne paie aussi {count} {count:autre offre|autres offres} ({period}) : il sera épuisé"
        " pour toutes en même temps.",
        en="A budget of the brand also pays for {count} other {count:offer|offers} ({period}): it is spent for all of"
        " them at once.",
    ),
    "both_apply": Text(
        fr="« {fr} » s'applique en plus sur un même article : {percent} % au total.",
        en="“{en}” applies as well on one article: {percent} % in all.",
    ),
}
"""By the code of a conflict."""

BOTH_APPLY = Text(
    fr="« {fr} » s'applique en plus sur un même article ; le total dépend du prix.",
    en="“{en}” applies as well on one article; the sum depends on the price.",
)
"""Where an amount stands beside a price that nobody said."""

PERIODS: dict[str, Text] = {
    "day": Text(fr="par jour", en="per day"),
    "week": Text(fr="par semaine", en="per week"),
    "month": Text(fr="par mois", en="per month"),
    "quarter": Text(fr="par trimestre", en="per quarter"),
    "year": Text(fr="par an", en="per year"),
    "life": Text(fr="pour toute la durée", en="for its whole life"),
}

FIELDS: dict[str, Text] = {
    "title.fr": Text(fr="Titre français", en="French title"),
    "title.en": Text(fr="Titre anglais", en="English title"),
    "text.fr": Text(fr="Texte français", en="French text"),
    "text.en": Text(fr="Texte anglais", en="English text"),
    "picture": Text(fr="Image", en="Picture"),
    "benefit": Text(fr="Avantage", en="Benefit"),
    "benefit.kind": Text(fr="Nature de l'avantage", en="Kind of benefit"),
    "benefit.percent": Text(fr="Pourcentage", en="Percentage"),
    "benefit.amount_minor": Text(fr="Montant", en="Amount"),
    "benefit.currency": Text(fr="Monnaie", en="Currency"),
    "benefit.points": Text(fr="Points", en="Points"),
    "benefit.item.fr": Text(fr="Cadeau (français)", en="Gift (French)"),
    "benefit.item.en": Text(fr="Cadeau (anglais)", en="Gift (English)"),
    "targets.brand": Text(fr="Toute l'enseigne", en="The whole brand"),
    "targets.areas": Text(fr="Zones", en="Areas"),
    "targets.stores": Text(fr="Magasins", en="Stores"),
    "starts_local": Text(fr="Début", en="Start"),
    "ends_local": Text(fr="Fin (exclue)", en="End (excluded)"),
    "limits.total": Text(fr="Bons en tout", en="Coupons in all"),
    "limits.per_day": Text(fr="Bons par jour", en="Coupons per day"),
    "limits.per_member": Text(fr="Bons par personne", en="Coupons per person"),
    "priority": Text(fr="Priorité", en="Priority"),
    "coupon_valid_days": Text(fr="Jours de validité du bon", en="Days for which a coupon holds"),
    "coupon_ends_with_offer": Text(fr="Le bon finit avec l'offre", en="A coupon ends with the offer"),
    "given_only": Text(fr="Seulement donnée par l'enseigne", en="Only given by the brand"),
    "transferable": Text(fr="Le bon peut être offert", en="A coupon can be given away"),
    "in_a_sale.products.categories": Text(fr="Catégories", en="Categories"),
    "in_a_sale.products.gtins": Text(fr="Codes articles (GTIN)", en="Article numbers (GTIN)"),
    "in_a_sale.products.skus": Text(fr="Références", en="References (SKU)"),
    "in_a_sale.products.but_not": Text(fr="Catégories exclues", en="Categories left out"),
    "in_a_sale.products.lists": Text(fr="Listes d'articles", en="Product lists"),
    "in_a_sale.products.but_not_lists": Text(fr="Listes d'articles exclues", en="Product lists left out"),
    "in_a_sale.minimum_minor": Text(fr="Achat minimum", en="Minimum purchase"),
    "in_a_sale.maximum_minor": Text(fr="Achat maximum", en="Maximum purchase"),
    "in_a_sale.counted_tax": Text(fr="Minimum et maximum comptés", en="Minimum and maximum counted"),
    "in_a_sale.stacking": Text(fr="Cumul", en="Stacking"),
    "in_a_sale.base": Text(fr="Base du calcul", en="Base that is counted on"),
    "in_a_sale.rank": Text(fr="Rang", en="Rank"),
    "in_a_sale.capped_at_till": Text(fr="Plafonnée en caisse", en="Capped at the till"),
    "audience": Text(fr="Annoncée à", en="Announced to"),
    "applies": Text(fr="S'applique", en="Applies"),
    "prior_price_minor": Text(fr="Prix d'avant", en="Price before"),
    "margin_minor": Text(fr="Marge par utilisation", en="Margin of a use"),
    "personalised_by_algorithm": Text(fr="Personnalisée par un algorithme", en="Personalised by an algorithm"),
    "schedule": Text(fr="Horaires", en="Schedule"),
    "for_whom": Text(fr="Pour qui", en="For whom"),
    "use_limits": Text(fr="Limites d'utilisation", en="Limits of use"),
    "is_fallback": Text(fr="Offre de repli", en="Fallback"),
}
"""What each value of an offer is called, by its path in the record; inside one that has no name, by the nearest."""

VALUES: dict[tuple[str, str], Text] = {
    ("applies", "coupon"): Text(fr="avec un bon", en="with a coupon"),
    ("applies", "automatic"): Text(fr="d'elle-même en caisse", en="by itself at the till"),
    ("audience", "members"): Text(fr="aux membres", en="members"),
    ("audience", "everybody"): Text(fr="à tout le monde", en="everybody"),
    ("in_a_sale.stacking", "exclusive"): Text(fr="avec aucune autre", en="with no other"),
    ("in_a_sale.stacking", "common"): Text(fr="avec les autres qui se cumulent", en="with others that stack"),
    ("in_a_sale.stacking", "always"): Text(fr="avec toutes", en="with all"),
    ("in_a_sale.counted_tax", "included"): Text(fr="taxes comprises", en="with taxes"),
    ("in_a_sale.counted_tax", "excluded"): Text(fr="hors taxes", en="before taxes"),
    ("in_a_sale.base", "initial"): Text(fr="le prix d'origine", en="the price as it was"),
    ("in_a_sale.base", "discounted"): Text(fr="ce que les autres offres laissent", en="what other offers leave"),
}
"""What a value is called that is a word of ours, by its path."""

ALWAYS = Text(fr="toute la période", en="all along")
NOTHING = Text(fr="rien", en="nothing")
YES = Text(fr="oui", en="yes")
NO = Text(fr="non", en="no")
CHANGED = Text(fr="{name} : {old} → {new}", en="{name}: {old} → {new}")
MEMBERS_CHANGED = Text(fr="{name} : {changes}", en="{name}: {changes}")
