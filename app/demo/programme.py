"""The demo brand's programme: a point per euro, two tiers, three rewards, and something for bringing a friend."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from app.languages import Text
from wallet.points import currencies
from wallet.programmes import drafts
from wallet.programmes.rewards.catalogue import RewardWish, draft_reward, publish_reward
from wallet.programmes.rules import Conditions, Ladder, Period, Programme, Referral, Rule, RuleKind, Tier
from wallet.purchases.basket import Products

SINCE = timedelta(days=730)
"""The programme is two years old, so that purchases which are imported earn by it."""

LILAC = Tier("lilac", Text(fr="Lilas", en="Lilac"), 200)
WISTERIA = Tier("wisteria", Text(fr="Glycine", en="Wisteria"), 1000)


def found_programme(
    brand_id: uuid.UUID, *, staff: Mapping[str, uuid.UUID], gift_id: uuid.UUID, now: datetime
) -> uuid.UUID:
    """Rules in force and a catalogue; returns what they count in. One reward gives a coupon of the offer `gift_id`."""
    points = currencies.make_currency(
        brand_id=brand_id,
        code="lilas",
        name_fr="Points Lilas",
        name_en="Lilac points",
        waits="immediate",
        lasts="2Y",
        may_go_negative=False,
        worth_points=20,
        worth_minor=100,
        now=now,
    ).id
    author, approver = staff["merchandiser"], staff["approver"]
    made = drafts.draft_version(
        brand_id=brand_id, programme=rules_of(points), starts_at=now - SINCE, by=author, now=now
    )
    drafts.approve_version(brand_id=brand_id, version=made.version, revision=made.revision, by=approver, now=now)
    for wish in catalogue(points, gift_id):
        reward = draft_reward(brand_id=brand_id, wish=wish, by=author, now=now)
        publish_reward(brand_id=brand_id, reward_id=reward.id, revision=reward.revision, by=approver, now=now)
    return points


def rules_of(points: uuid.UUID) -> Programme:
    """What earns, and what that makes."""
    return Programme(
        currency="EUR",
        rules=(
            Rule(
                "euro",
                RuleKind.AMOUNT,
                Text(fr="1 point par euro", en="1 point per euro"),
                points,
                points=1,
                caps={Period.DAY: 500},
            ),
            Rule(
                "tea",
                RuleKind.ITEM,
                Text(fr="5 points par thé", en="5 points for each tea"),
                points,
                points=5,
                products=Products(categories=frozenset({"food/tea"})),
            ),
            Rule(
                "wisteria-tuesday",
                RuleKind.MULTIPLIER,
                Text(fr="Mardi double pour les Glycine", en="Double Tuesday for Wisteria"),
                factor_percent=200,
                when=Conditions(tiers=frozenset({WISTERIA.code}), weekdays=frozenset({2})),
            ),
        ),
        ladder=Ladder(points, (LILAC, WISTERIA), months=12, keeps="12M", grace="1M"),
        referral=Referral(points, referrer_points=100, referred_points=50, least_minor=2000, most_per_year=10),
    )


def catalogue(points: uuid.UUID, gift_id: uuid.UUID) -> list[RewardWish]:
    """What points buy: a thing of which there are few, one that costs a tier less, and a coupon."""
    return [
        RewardWish(
            code="cup",
            title=Text(fr="Une tasse en porcelaine", en="A china cup"),
            text=Text(fr="À retirer en boutique.", en="To be fetched at a shop."),
            gives={"kind": "material"},
            currency_id=points,
            price=150,
            stock=40,
        ),
        RewardWish(
            code="tasting",
            title=Text(fr="Une dégustation de trois thés", en="A tasting of three teas"),
            text=Text(fr="À Saint-Germain, le samedi.", en="At Saint-Germain, on Saturdays."),
            gives={"kind": "material"},
            currency_id=points,
            price=300,
            tier_prices={LILAC.code: 250, WISTERIA.code: 200},
            member_limit=4,
        ),
        RewardWish(
            code="ten-percent",
            title=Text(fr="10 % sur un achat", en="10% off a purchase"),
            text=Text(fr="Un bon de plus pour toute la boutique.", en="One more coupon for the whole shop."),
            gives={"kind": "coupon", "offer_id": str(gift_id)},
            currency_id=points,
            price=400,
        ),
    ]
