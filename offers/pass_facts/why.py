"""Why a card shows on the locked screen of a phone, as its member reads it: each place with the permission it rests on.

Only what the pass shows at this instant is told, so each line can be taken away by withdrawing its permission.
"""

import uuid
from datetime import datetime
from typing import Any

from app.consent.models import PermissionState
from app.languages import Language, Text
from app.sql import db
from geo.presence.allowance import BY_BEACON, BY_FENCE
from geo.presence.models import PURPOSE
from geo.presence.pass_places import PassBeacon, PassPlace
from offers.pass_facts import places_shown, queries
from offers.pass_facts.permits import read_permits
from wallet.issued.issuance import my_pass
from wallet.issued.models import PassKind

AT_PLACE = Text(
    fr="Votre carte s'affiche près de ce magasin, car vous permettez à l'enseigne de vous y proposer ses offres.",
    en="Your card shows near this store, as you let the brand offer you something there.",
)
AT_BEACON = Text(
    fr="Votre carte s'affiche dans les magasins équipés de balises, car vous permettez à l'enseigne de vous y proposer"
    " ses offres.",
    en="Your card shows in stores that have beacons, as you let the brand offer you something there.",
)
NOWHERE = Text(
    fr="Votre carte ne s'affiche nulle part d'elle-même : vous ne l'avez pas permis, ou aucun magasin ne s'y prête.",
    en="Your card shows itself nowhere: you have not permitted it, or no store fits.",
)
ON_NO_COUPON = Text(
    fr="Seule la carte s'affiche près des magasins, pas les bons.",
    en="The card alone shows near stores, coupons do not.",
)
NOTIFIES = Text(
    fr="Ses changements s'annoncent sur l'écran verrouillé, car vous acceptez les offres par notification.",
    en="Its changes are announced on the locked screen, as you accept offers by notification.",
)
SILENT = Text(
    fr="Ses changements ne s'annoncent pas : vous n'avez pas accepté les offres par notification.",
    en="Its changes are not announced: you have not accepted offers by notification.",
)


def explain_pass(*, member_id: uuid.UUID, pass_id: uuid.UUID, language: Language, now: datetime) -> dict[str, Any]:
    """Where the member's pass shows itself and why, and whether it announces its changes. `permission_event_id` is the
    answer that permits it, `purpose` and `touchpoint` what to withdraw.

    Raises `IssuedPassUnknown`, also for somebody else's.
    """
    held = my_pass(member_id=member_id, pass_id=pass_id)
    may_notify = read_permits([held], now)[held.id]["may_notify"]
    said = {"may_notify": may_notify, "notifications": (NOTIFIES if may_notify else SILENT).say(language)}
    if held.kind == PassKind.COUPON:
        return said | {"summary": ON_NO_COUPON.say(language), "items": []}
    found = places_shown.find_places(held, now)
    shown: list[PassPlace | PassBeacon] = [*found.places, *([found.beacon] if found.beacon is not None else [])]
    events = [one.permission_event_id for one in shown]
    cells = {cell.event_id: cell for cell in db.all_of(queries.cells_of_events(member_id, events))}
    items = [_item(one, cells.get(one.permission_event_id), language) for one in shown]
    return said | {"summary": None if items else NOWHERE.say(language), "items": items}


def _item(one: PassPlace | PassBeacon, cell: PermissionState | None, language: Language) -> dict[str, Any]:
    is_place = isinstance(one, PassPlace)
    return {
        "store_id": one.store_id if isinstance(one, PassPlace) else None,
        "says": one.text_fr if language == "fr" else one.text_en,
        "why": (AT_PLACE if is_place else AT_BEACON).say(language),
        "touchpoint": BY_FENCE if is_place else BY_BEACON,
        "purpose": PURPOSE,
        "permission_event_id": one.permission_event_id,
        "expires_at": cell.expires_at if cell is not None else None,
    }
