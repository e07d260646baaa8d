"""Refusals about recorded scans. What a till is refused for a pass is an answer, and no refusal: see `reasons`."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, Malformed, NotFound, RequestInFlight
from app.languages import Text


class TillScanUnknown(NotFound):
    title = Text(fr="Ce passage n'est pas enregistré.", en="No such scan was recorded.")
    remedy = Text(fr="Renvoyez-le avec le même scan_id.", en="Send it again with the same scan_id.")


class ScanIdReused(Malformed):
    """Two scans by one name: the second was not looked at."""

    title = Text(
        fr="Ce scan_id désigne déjà un autre passage ({action}).",
        en="This scan_id names another scan already ({action}).",
    )
    remedy = Text(fr="Donnez un nouveau scan_id à chaque passage.", en="Give each scan a scan_id of its own.")


class ScanNotReversible(Conflict):
    """What it did can no longer be taken back by itself, for instance since the member was erased."""

    title = Text(fr="Ce passage ne peut plus être annulé ici.", en="This scan can no longer be reversed here.")


class ScanElsewhere(Conflict):
    title = Text(fr="Ce passage est celui d'un autre magasin.", en="This scan is of another store.")


class ScanConflictUnknown(NotFound):
    title = Text(fr="Ce conflit n'existe pas.", en="There is no such conflict.")


class ScanConflictSettled(Conflict):
    title = Text(fr="Ce conflit a déjà été réglé.", en="This conflict was settled already.")


class CouponAmbiguous(Conflict):
    """A card was shown, and several of its coupons can be used here."""

    title = Text(
        fr="{count} {count:bon peut|bons peuvent} servir ici : lequel ?",
        en="{count} {count:coupon|coupons} can be used here: which one?",
    )
    remedy = Text(fr="Scannez le bon, ou nommez son offre.", en="Scan the coupon, or name its offer.")


class AmountMissing(Conflict):
    title = Text(fr="Il manque le montant.", en="The amount is missing.")


OTHER_CODE = declare_complaint(
    "other_code", Text(fr="Ce n'est pas le code du passage.", en="This is not the code of the scan.")
)
PART_MISSING = declare_complaint(
    "part_of_action_missing",
    Text(fr="Cette action en a besoin.", en="This action needs it."),
)
NOT_OF_ACTION = declare_complaint(
    "not_of_action",
    Text(fr="Cette action ne le prend pas.", en="This action does not take it."),
)

CONSTRAINTS["pk_till_scan"] = RequestInFlight  # the same scan is written at this moment; the next try finds it
