"""Locks in the database's memory, and the order in which every lock of the house is taken.

For what is not one row: a member's claims of one offer, a brand's places. A name becomes a 64-bit key, so rooms need no
common register of numbers; if two names ever meet in one key, the price is a wait. Two families have keys of two
halves, a class and a hash of the member or job: they never meet a name.

Whoever needs several takes them from the top down, so that nobody waits in a circle; of several of one kind, by name
or id. `docs/locks.md` says what each keeps apart, with the rows that are locked between them.

| order | name | waits for | taken by |
|---|---|---|---|
| 1 | (address) | whoever else speaks for this address | `lock_address` |
| 2 | `merge:member` | another merge or split of this member | `lock_name` |
| 3 | `import_members:brand`, `import_balances:brand`, `printed_card:brand:batch` | another such batch | `lock_name` |
| 3 | `import_fences:brand` | another file of fences | `lock_name` |
| 3 | `import_permissions` | another file of permissions | `lock_name` |
| 3 | `till_scan:terminal:name` | the same scan of a till, sent at the same time | `lock_name` |
| 3 | `gift_card:terminal:reference` | the same card, sold at the same time | `lock_name` |
| 3 | `offline:terminal` | another lease, snapshot or late upload of this terminal | `lock_name` |
| 4 | `sale:store:terminal:receipt` | the same sale, sent at the same time | `lock_name` |
| 5 | `programme:brand`, `capped_categories:brand`, `gesture_budgets:store` | another change | `lock_name` |
| 5 | `ranking_policy:brand`, `pass_design:brand`, `offline_policy:brand` | another change | `lock_name` |
| 5 | `brand_profile:brand`, `brand_pictures:brand` | another change | `lock_name` |
| 5 | `segments:brand` | another change | `lock_name` |
| 5 | `code_policy:brand`, `gift_card_policy:brand` | another change | `lock_name` |
| 5 | `coupon_issuers:brand`, `clearings:brand` | another change; another file of what issuers owe | `lock_name` |
| 6 | `referral:brand:member`, `reward:id:member` | what else counts towards the same limit | `lock_name` |
| 6 | `meal_vouchers:member` | another sale that counts towards the day's cap | `lock_name` |
| 6 | `product_list:brand:code` | whoever ends this list, or counts on it | `lock_name` |
| 7 | `places`, `places:brand` | another change of where stores and their offers are | `share_name`, `lock_name` |
| 8 | `offer:id` | claims share it; a change holds it alone | `share_name`, `lock_name` |
| 9 | `claim:offer:member` | another claim of this member | `share_and_lock`, `share_then_lock` |
| 10 | `use:offer:whose` | another use that counts towards the same limit | `lock_names` |
| 10 | `household:id` | whoever joins or leaves it | `lock_name` |
| 10 | `leaflet:member` | a leaflet of this member, asked for at the same time | `lock_name` |
| 10 | `apple_device:hash` | another registration of this phone | `lock_name` |
| 10 | `presence:member` | another report of this member's phones | `ask_lock_and_permissions` |
| 11 | (sending to a member) | the message before | `between_hand_overs` |
| 12 | (a member's permissions) | senders share it; a change holds it alone | `lock_permissions`, `share_permissions` |
| 13 | `purpose_text:purpose` | answers share it; a new text holds it alone | `share_name`, `lock_name` |
| 14 | `receipts.log` | another seal | `lock_name` |
| 15 | `pass_revisions` | another batch of passes | `lock_name` |

The lock on a background job is only tried (`try_job`): nobody waits for it. So is that on the migrations, by
`ici migrate` before anything else.
"""

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager

from app.sql import db
from app.sql.trips import Call

HOLD = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
SHARE = "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))"
SHARE_AND_HOLD = (
    "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0)), pg_advisory_xact_lock(hashtextextended($2, 0))"
)
HOLD_NAMES = "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name"
SHARE_NAMES = "SELECT pg_advisory_xact_lock_shared(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name"
SHARE_THEN_HOLD = (
    "SELECT CASE WHEN shared THEN pg_advisory_xact_lock_shared(hashtextextended(name, 0))::text"
    " ELSE pg_advisory_xact_lock(hashtextextended(name, 0))::text END"
    " FROM unnest($1::text[], $2::boolean[]) AS one (name, shared)"
)
HOLD_KEY = "SELECT pg_advisory_xact_lock($1)"

PERMISSIONS_CLASS = 0x1C1
"""The first half of the key of a member's permissions; the second is a hash of the member. A collision costs a wait."""

SENDING_CLASS = 0x1C2
"""The first half of the key of sending to a member."""

JOBS_CLASS = 0x696369  # "ici"
"""The first half of the key of a background job; the second is a hash of its name."""

HOLD_MEMBER = "SELECT pg_advisory_xact_lock($1, hashtext($2))"
SHARE_MEMBER = "SELECT pg_advisory_xact_lock_shared($1, hashtext($2))"
HOLD_AND_SHARE_MEMBER = (
    "SELECT pg_advisory_xact_lock(hashtextextended($1, 0)), pg_advisory_xact_lock_shared($2, hashtext($3))"
)
HOLD_MEMBER_FOR_A_YES = (
    "SELECT pg_advisory_xact_lock($1, hashtext($2)), pg_advisory_xact_lock_shared(hashtextextended($3, 0))"
)
TRY_MIGRATION = "SELECT pg_try_advisory_lock(hashtextextended('migration', 0))"
"""Of the session, as a migration is many transactions."""
TRY_JOB = "SELECT pg_try_advisory_xact_lock($1, hashtext($2))"

BEGIN_SENDING = (
    "SELECT CASE WHEN pg_advisory_lock(%(sending)s, hashtext(%(member)s))::text IS NOT NULL"
    " THEN pg_advisory_lock_shared(%(permissions)s, hashtext(%(member)s))::text END"
)
"""Both locks in one trip, and in this order, which CASE promises: who waits for its turn to send holds nothing that a
withdrawal waits for."""

END_SENDING = (
    "SELECT pg_advisory_unlock_shared(%(permissions)s, hashtext(%(member)s)),"
    " pg_advisory_unlock(%(sending)s, hashtext(%(member)s))"
)


def lock_name(name: str) -> None:
    """Take the lock of this name alone until the transaction ends: wait for everybody who holds or shares it."""
    db.fetch(HOLD, [name])


def share_name(name: str) -> None:
    """Take the lock of this name together with others who share it: wait for whoever holds it alone."""
    db.fetch(SHARE, [name])


def lock_names(names: Sequence[str]) -> None:
    """Take the locks of several names alone, in this order, in one round trip."""
    db.fetch(HOLD_NAMES, [list(names)])


def share_names(names: Sequence[str]) -> None:
    """Share the locks of several names, in this order, in one round trip."""
    db.fetch(SHARE_NAMES, [list(names)])


def share_and_lock(*, shared: str, held: str) -> None:
    """Share the lock of one name, then take that of the other alone, in one round trip."""
    db.fetch(SHARE_AND_HOLD, [shared, held])


def share_then_lock(*, shared: Sequence[str], held: Sequence[str]) -> None:
    """Share the locks of several names, then take those of others alone, each in this order, in one round trip."""
    db.fetch(SHARE_THEN_HOLD, [[*shared, *held], [True] * len(shared) + [False] * len(held)])


def sharing(name: str) -> str:
    """For a statement that shares the lock of a name which it works out itself: this SQL, from what it reads."""
    return f"pg_advisory_xact_lock_shared(hashtextextended({name}, 0))"


def lock_address(address_hash: bytes) -> None:
    """Make everybody else who speaks for this address wait until the transaction ends."""
    db.fetch(HOLD_KEY, [int.from_bytes(address_hash[:8], "big", signed=True)])


def lock_permissions(member_id: uuid.UUID) -> None:
    """Make every other writer of this member's permissions, and every sender, wait until the transaction ends."""
    db.fetch(HOLD_MEMBER, [PERMISSIONS_CLASS, str(member_id)])


def lock_permissions_for_yes(member_id: uuid.UUID, *, words: str) -> None:
    """Hold a member's permissions, then share the lock of the name `words`, in one round trip and in this order."""
    db.fetch(HOLD_MEMBER_FOR_A_YES, [PERMISSIONS_CLASS, str(member_id), words])


def share_permissions(member_id: uuid.UUID) -> None:
    """Keep this member's permissions as they are until the transaction ends, together with others who share them."""
    db.fetch(SHARE_MEMBER, [PERMISSIONS_CLASS, str(member_id)])


def ask_lock_and_permissions(name: str, member_id: uuid.UUID) -> Call:
    """The statement that takes the lock of this name alone, then shares a member's permissions; to be sent in one trip
    before those that need both (`db.fetch_each`)."""
    return Call(HOLD_AND_SHARE_MEMBER, [name, PERMISSIONS_CLASS, str(member_id)])


def between_hand_overs(member_id: uuid.UUID) -> AbstractContextManager[None]:
    """Inside the block, be the only one who sends to this member, and share their permissions, over transactions."""
    keys = {"sending": SENDING_CLASS, "permissions": PERMISSIONS_CLASS, "member": str(member_id)}
    return db.between(BEGIN_SENDING, END_SENDING, keys)


def try_job(name: str) -> bool:
    """Take the lock of this background job until the transaction ends, unless somebody has it: then False, at once."""
    [(taken,)] = db.fetch(TRY_JOB, [JOBS_CLASS, name])
    return bool(taken)
