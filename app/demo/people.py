"""The doors of the demo: passwords, a paired terminal, a member with a card, a permission and a coupon."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts import terminals, tokens
from app.accounts.models import Brand, IdentifierKind, Member, MemberIdentifier, MemberSession, Terminal
from app.accounts.passwords import hash_password
from app.consent.decision.verdicts import decide_permission
from app.consent.ledger.grants import grant_permission
from app.consent.models import Level, Reason
from app.consent.registry.words import show_words
from app.demo import doors, plans, shelves, stores
from app.demo.doors import MEMBER_EMAIL, Doors
from app.sql import db
from geo.places import queries as places
from offers.coupons.claims import claim_offer
from offers.planning.models import Offer, OfferVersion
from wallet.cards.enrolment import join_brand
from wallet.cards.queries import card_with_brand

PURPOSE, TOUCHPOINT, LOCALE = "personalised_offers", "geofence", "fr"
TERMINAL_NAME, MEMBER_NAME = "Caisse 1", "Léa"
SIGN_IN = timedelta(days=365)
A_WEEK = timedelta(days=7)


def change_passwords(brand: Brand, opened: Doors) -> None:
    """Put these passwords in place of those that nobody remembers."""
    for user in db.all_of(accounts.console_users_of(brand.id)):
        if user.email in opened.emails.values():
            user.password_hash = hash_password(opened.passwords[user.role])


def pair_till(brand: Brand, opened: Doors, *, now: datetime) -> None:
    """A terminal at the shop that never closes, whose key is the demo's: a random one could not be said twice."""
    key_hash = tokens.hash_of(opened.terminal_key)
    if db.first(select(Terminal).where(Terminal.key_hash == key_hash)) is not None:
        return
    store = next(s for s in db.all_of(places.stores_of(brand.id)) if s.reference == stores.ALWAYS_OPEN)
    waiting = terminals.create_terminal(brand_id=brand.id, store_id=store.id, name=TERMINAL_NAME, now=now)
    paired = terminals.pair_terminal(pairing_token=waiting.pairing_token, now=now)
    terminal = db.session().get_one(Terminal, paired.terminal_id)
    terminal.key_hash = key_hash
    db.session().flush()


def welcome_member(brand: Brand, *, now: datetime) -> None:
    """A member of the demo who allowed offers nearby. A no of theirs stands; what has merely ended is renewed."""
    owner = db.first(accounts.owner_of_address(IdentifierKind.EMAIL, MEMBER_EMAIL))
    member_id = owner.member_id if owner is not None else _enrol(brand, now=now)
    verdict = decide_permission(member_id=member_id, brand_id=brand.id, purpose=PURPOSE, touchpoint=TOUCHPOINT, now=now)
    if verdict.reason in (Reason.NOT_ASKED, Reason.EXPIRED):
        _allow(member_id, brand, now=now)
    longest = _longest_session(member_id, now=now)
    if longest is None or longest.expires_at < now + A_WEEK:
        db.add(
            MemberSession(member_id=member_id, generation=0, rotated_at=now, created_at=now, expires_at=now + SIGN_IN)
        )


def _enrol(brand: Brand, *, now: datetime) -> uuid.UUID:
    member = db.add(Member(language=LOCALE, created_at=now))
    db.add(MemberIdentifier(kind=IdentifierKind.EMAIL, value=MEMBER_EMAIL, member_id=member.id, verified_at=now))
    join_brand(member_id=member.id, brand_id=brand.id, display_name=MEMBER_NAME, now=now)
    named = select(Offer.id).join(OfferVersion, OfferVersion.offer_id == Offer.id)
    tins = db.first(named.where(Offer.brand_id == brand.id, OfferVersion.title_en == plans.LAST_TINS.title.en))
    if tins is not None:
        claim_offer(member_id=member.id, offer_id=tins, now=now)
    return member.id


def _allow(member_id: uuid.UUID, brand: Brand, *, now: datetime) -> None:
    [shown] = show_words(brand=brand.code, touchpoint=TOUCHPOINT, purpose=PURPOSE, locale=LOCALE, now=now)
    grant_permission(
        member_id=member_id,
        brand_id=brand.id,
        touchpoint=TOUCHPOINT,
        purpose=PURPOSE,
        level=Level.ALERT_ON_REQUEST,
        evidence={
            "text_sha256": shown.sha256,
            "locale": LOCALE,
            "channel": "app",
            "screen_id": "demo",
            "app_version": "demo",
            "method": "button",
            "os_permission": {"location": "while_using", "precision": "precise", "reported_at": now},
        },
        now=now,
    )


def _longest_session(member_id: uuid.UUID, *, now: datetime) -> MemberSession | None:
    return db.first(accounts.open_member_sessions(member_id, now=now).order_by(MemberSession.expires_at.desc()))


def question(*, url: str, now: datetime) -> list[str]:
    """A command that works as it stands: the demo's member asks what there is near the shop that never closes."""
    shop = next(shop for shop in stores.SHOPS if shop.reference == stores.ALWAYS_OPEN)
    body = f'{{"lat":{shop.lat + 0.001:.4f},"lon":{shop.lon:.4f},"accuracy_m":20}}'
    around = body.replace("}", f',"gtin":"{shelves.TEA}"}}')
    return [
        "Try: a phone asks what there is near it",
        f"  curl -s {url}/v1/nearby-offers -H 'Accept-Language: en' --json '{body}' \\",
        f"    -H 'Authorization: Bearer {_token(now=now)}'",
        "Try: anybody asks which shops around have tea, and at what price",
        f"  curl -s {url}/v1/around -H 'Accept-Language: en' --json '{around}'",
        "",
    ]


def _token(*, now: datetime) -> str:
    """An access token that lasts as long as its sign-in. An app never gets one: theirs last ten minutes."""
    owner = db.first(accounts.owner_of_address(IdentifierKind.EMAIL, MEMBER_EMAIL))
    session = None if owner is None else _longest_session(owner.member_id, now=now)
    if session is None:
        raise RuntimeError("the demo's member is not signed in; seed the demo first")
    issued_at = session.expires_at - timedelta(seconds=tokens.ACCESS_TOKEN_S)
    return tokens.issue_access_token(member_id=session.member_id, session_id=session.id, generation=0, now=issued_at)


def signs(brand: Brand, opened: Doors) -> list[str]:
    """Who can sign in, for a person to read."""
    owner = db.first(accounts.owner_of_address(IdentifierKind.EMAIL, opened.member))
    card = None if owner is None else db.first(card_with_brand(owner.member_id, brand.id))
    return [
        "",
        f"Sign-ins of the demo, brand `{brand.code}` ({brand.name}); also in {doors.demo_file()}",
        f"  member         {opened.member:<24} a code by mail; read it with: ici mailbox --code --to {opened.member}",
        *(f"  {role:<14} {email:<24} {opened.passwords[role]}" for role, email in opened.emails.items()),
        f"  terminal       {opened.terminal_key}",
        *([f"  card to scan   {card.code}"] if card is not None else []),
        "",
    ]
