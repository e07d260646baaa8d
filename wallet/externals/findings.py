"""What an import finds about a row, and what it leaves at the door. Codes never change; the words are in `wording`."""

from enum import StrEnum


class ExternalFinding(StrEnum):
    """Why a row was corrected or refused."""

    REFERENCE_MISSING = "reference_missing"
    PROGRAMME_MISSING = "programme_missing"
    PROGRAMME_UNKNOWN = "programme_unknown"
    CODE_REFUSED = "code_refused"
    CHECK_DIGIT_ADDED = "check_digit_added"
    SYMBOLOGY_UNKNOWN = "symbology_unknown"
    EXPIRY_UNREADABLE = "expiry_unreadable"
    BALANCE_UNREADABLE = "balance_unreadable"
    BALANCE_ROUNDED = "balance_rounded"
    CURRENCY_ASSUMED = "currency_assumed"
    SHORTENED = "shortened"
    GROUPS_CUT = "groups_cut"
    WALLET_FULL = "wallet_full"
    ROW_BROKEN = "row_broken"
    PASS_BROKEN = "pass_broken"  # noqa: S105 - a wallet pass, not a password


REFUSING = frozenset(
    {
        ExternalFinding.REFERENCE_MISSING,
        ExternalFinding.CODE_REFUSED,
        ExternalFinding.PROGRAMME_MISSING,
        ExternalFinding.WALLET_FULL,
        ExternalFinding.ROW_BROKEN,
        ExternalFinding.PASS_BROKEN,
    }
)


class Dropped(StrEnum):
    """Kinds of data that are in such files and never come in."""

    POSITIONS = "positions"
    USAGE_TIMES = "usage_times"
    BANK_DETAILS = "bank_details"
    DEVICE_DATA = "device_data"
    HOLDER = "holder"
    PURCHASES = "purchases"
    POINTS_HISTORY = "points_history"
    ACCESS = "access"
    IMAGES = "images"
    MARKS = "marks"


class FileReading(StrEnum):
    """How something in the file was read, where it could have meant two things."""

    EXPIRY_IN_SECONDS = "expiry_in_seconds"
    EXPIRY_IN_MILLISECONDS = "expiry_in_milliseconds"
    SIGNATURE_UNVERIFIED = "signature_unverified"
