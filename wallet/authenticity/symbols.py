"""How numbers and codes are spelled in codes that change: 32 symbols of five bits, safe on every keyboard.

Base 45 would be a little shorter, but a till whose keyboard is not the scanner's reads its `+ $ % * : /` as something
else, and `+` is a dead key in Germany. These symbols are letters and digits only, and neither Y nor Z, which are
swapped there.
"""

from wallet.passes.codes import GROUP_LENGTH, GROUPS, MINTED, check_symbol

SYMBOLS = MINTED + "S"
BITS = 5
BARE = GROUPS * (GROUP_LENGTH - 1)
"""Symbols of a code without those that check it."""
CODE_BYTES = 10
"""Of a code as a number: 31^15 is less than 2^75."""

_VALUES = {symbol: value for value, symbol in enumerate(SYMBOLS)}


def spell_number(value: int, *, length: int) -> str:
    """A number in so many symbols. Raises `ValueError` for one that needs more."""
    if not 0 <= value < 1 << BITS * length:
        raise ValueError("too large a number")
    return "".join(SYMBOLS[value >> BITS * place & 31] for place in reversed(range(length)))


def read_number(symbols: str) -> int:
    """The number that these symbols spell. Raises `KeyError` for any other sign."""
    value = 0
    for symbol in symbols:
        value = value << BITS | _VALUES[symbol]
    return value


def spell_bytes(content: bytes) -> str:
    """Bytes as symbols, filled up with zeros on the right."""
    length = -(-8 * len(content) // BITS)
    return spell_number(int.from_bytes(content) << BITS * length - 8 * len(content), length=length)


def read_bytes(symbols: str) -> bytes:
    """The bytes that these symbols spell. Raises `KeyError`; `ValueError` where they are spelled in another way than
    `spell_bytes` does."""
    value, spare = read_number(symbols), BITS * len(symbols) % 8
    if value & (1 << spare) - 1 or spare >= BITS:
        raise ValueError("spelled in another way")
    return (value >> spare).to_bytes(BITS * len(symbols) // 8)


def strip_checks(code: str) -> str:
    """The fifteen symbols of a code that say something. Raises `ValueError` for a code of another length."""
    groups = code.split("-")
    if len(groups) != GROUPS:
        raise ValueError("not the code of a card or coupon")
    return "".join(group[:-1] for group in groups)


def add_checks(bare: str) -> str:
    """The code that these fifteen symbols are of."""
    size = GROUP_LENGTH - 1
    parts = [bare[start : start + size] for start in range(0, len(bare), size)]
    return "-".join(part + check_symbol(number, part) for number, part in enumerate(parts, start=1))


def code_to_bytes(code: str) -> bytes:
    """A code in ten bytes. Raises `ValueError` for one that was not minted here."""
    value = 0
    for symbol in strip_checks(code):
        value = value * len(MINTED) + MINTED.index(symbol)
    return value.to_bytes(CODE_BYTES)


def code_from_bytes(content: bytes) -> str:
    """The code that these ten bytes are of. Raises `ValueError` where they are of none."""
    value, bare = int.from_bytes(content), ""
    for _ in range(BARE):
        value, symbol = divmod(value, len(MINTED))
        bare = MINTED[symbol] + bare
    if value:
        raise ValueError("not a code")
    return add_checks(bare)
