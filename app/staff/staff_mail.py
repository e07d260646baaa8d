"""What console users are written: the link of an invitation or a reset, and notices that something changed for them.

Mail leaves after the commit, and nobody learns from an answer whether it did: whoever asks for a reset may be a
stranger, who must not hear which addresses have a mailbox. What could not be handed over stands in the log.
"""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from app.accounts import console_users
from app.accounts.brands import sender_of
from app.accounts.console_users import StaffAct
from app.accounts.models import Brand, ConsoleUser
from app.carriers import outgoing_mail
from app.carriers.errors import ChannelUnavailable
from app.carriers.letters.composition import Letter, Writing, compose_letter, dress_text
from app.carriers.letters.kinds import STAFF_INVITATION
from app.languages import Language, Text
from app.logs import log
from app.sql import db


class Notice(StrEnum):
    """What somebody is told that happened to their access."""

    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (a notice, not a password)
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODE_USED = "recovery_code_used"


RESET_SUBJECT = Text(fr="Choisir un nouveau mot de passe", en="Choose a new password")
RESET = Text(
    fr="Bonjour {name},\n\nVous avez demandé un nouveau mot de passe pour la console de {brand}. Choisissez-le ici :"
    "\n\n{link}\n\nCe lien sert une fois, pendant une heure. Si vous n'avez rien demandé, ignorez ce message : votre"
    " mot de passe reste le même.",
    en="Hello {name},\n\nYou asked for a new password for the console of {brand}. Choose it here:\n\n{link}\n\n"
    "This link works once, for an hour. If you did not ask for it, ignore this message: your password stays as it is.",
)
CHANGED = Text(fr="Votre accès à la console de {brand} a changé", en="Your access to the console of {brand} changed")
ALARM = Text(
    fr="Bonjour {name},\n\n{what}\n\nSi ce n'était pas vous, prévenez aussitôt un administrateur de {brand} et"
    " choisissez un nouveau mot de passe.",
    en="Hello {name},\n\n{what}\n\nIf this was not you, tell an administrator of {brand} at once and choose a new"
    " password.",
)
WHAT = {
    Notice.PASSWORD_CHANGED: Text(
        fr="Votre mot de passe vient d'être changé. Toutes vos autres connexions sont terminées.",
        en="Your password was just changed. All your other sessions have ended.",
    ),
    Notice.SECOND_FACTOR_ADDED: Text(
        fr="Une seconde preuve d'identité vient d'être ajoutée à votre accès.",
        en="A second factor was just added to your access.",
    ),
    Notice.SECOND_FACTOR_REMOVED: Text(
        fr="Une seconde preuve d'identité vient d'être retirée de votre accès.",
        en="A second factor was just removed from your access.",
    ),
    Notice.RECOVERY_CODE_USED: Text(
        fr="Un de vos codes de secours vient de servir.", en="One of your recovery codes was just used."
    ),
}


def post_invitation(*, user: ConsoleUser, brand: Brand, link: str, lasting: timedelta, now: datetime) -> None:
    """Send somebody the link by which they choose their first password, once this transaction is committed."""
    writing = Writing(sender_of(brand), _language_of(user), {"link": link, "days": lasting.days})
    db.after_commit(partial(_hand_over, compose_letter(STAFF_INVITATION, writing), to=user.email, now=now))


def post_reset(*, user: ConsoleUser, brand: Brand, link: str, now: datetime) -> None:
    """Send somebody the link by which they choose a new password, once this transaction is committed."""
    _post(RESET_SUBJECT, RESET, user=user, brand=brand, now=now, link=link)


def post_notice(notice: Notice, *, user: ConsoleUser, brand: Brand, now: datetime) -> None:
    """Tell somebody what happened to their access, once this transaction is committed."""
    _post(CHANGED, ALARM, user=user, brand=brand, now=now, what=WHAT[notice].say(_language_of(user)))


def tell_user(act: StaffAct, notice: Notice, *, user: ConsoleUser, by_id: uuid.UUID, now: datetime) -> None:
    """Write down that a user's access changed, and tell them by mail."""
    console_users.note_staff_event(act, user=user, by_id=by_id, now=now)
    post_notice(notice, user=user, brand=db.session().get_one(Brand, user.brand_id), now=now)


def _post(subject: Text, text: Text, *, user: ConsoleUser, brand: Brand, now: datetime, **facts: str) -> None:
    language = _language_of(user)
    known = {"name": user.name, "brand": brand.name, "code": brand.code} | facts
    letter = dress_text(
        subject.say(language, known), text.say(language, known), sender=sender_of(brand), language=language
    )
    db.after_commit(partial(_hand_over, letter, to=user.email, now=now))


def _hand_over(letter: Letter, *, to: str, now: datetime) -> None:
    try:
        outgoing_mail.post_letter(letter, to=to, now=now)
    except ChannelUnavailable:
        log.error("staff_mail_not_sent")


def _language_of(user: ConsoleUser) -> Language:
    return "en" if user.language == "en" else "fr"
