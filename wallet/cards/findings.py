"""What an import of members finds about a row. Codes never change; the words are in `wording`."""

from enum import StrEnum


class CardFinding(StrEnum):
    """Why a row was corrected or refused."""

    TOO_MANY_CELLS = "too_many_cells"
    NUMBER_MISSING = "number_missing"
    NUMBER_UNUSABLE = "number_unusable"
    NUMBER_TWICE = "number_twice"
    NUMBER_OF_ANOTHER = "number_of_another"
    NUMBERS_TOO_MANY = "numbers_too_many"
    EMAIL_UNREADABLE = "email_unreadable"
    PHONE_UNREADABLE = "phone_unreadable"
    PHONE_NOT_NEEDED = "phone_not_needed"
    NAME_SHORTENED = "name_shortened"
    LANGUAGE_UNKNOWN = "language_unknown"
    JOINED_UNREADABLE = "joined_unreadable"
    JOINED_AHEAD = "joined_ahead"
