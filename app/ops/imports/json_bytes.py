r"""JSON on its way to a parser that knows no halves of signs: one would end the file, or become a question mark.

A half of a surrogate pair, spelled (`\ud800`) or in three bytes as Java writes it, becomes a NUL, which nothing can
keep either: so it stays the fault of the row that has it. Two halves that belong together become their sign.
"""

import re

MOST_HELD = 1024 * 1024
"""Bytes of one text that are held back: no text of a row has so many."""
ENDINGS = b'",:}] \n'
"""Bytes after which no sign is half read: none of them is a part of a spelled sign, but for its end."""
SIGNS = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair, spelled
    rb"|(?P<strange>\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\u0000)"
    rb"|\\[^u]"
    rb"|(?P<pair>\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf])"
    rb"|(?P<half>\xed[\xa0-\xbf][\x80-\xbf])",
    re.DOTALL,
)
NUL = rb"\u0000"


class JsonBytes:
    """Takes the bytes of a file piece by piece; `strange` once there was a NUL, or what became one."""

    def __init__(self) -> None:
        self.held, self.strange = b"", False

    def feed(self, data: bytes) -> bytes:
        """The bytes that can go on; the beginning of a sign that may be cut waits for the next piece."""
        data = self.held + data
        place = max(map(data.rfind, (bytes([ending]) for ending in ENDINGS))) + 1
        tail = data[place:]
        may_be_cut = (b"\\" in tail or b"\xed" in tail) and len(tail) < MOST_HELD
        data, self.held = (data[:place], tail) if may_be_cut else (data, b"")
        return self._mended(data)

    def rest(self) -> bytes:
        """What was held back, at the end of the file."""
        data, self.held = self.held, b""
        return self._mended(data)

    def _mended(self, data: bytes) -> bytes:
        return SIGNS.sub(self._sign, data) if b"\\" in data or b"\xed" in data else data

    def _sign(self, found: re.Match[bytes]) -> bytes:
        if found["pair"]:
            both = found["pair"].decode("utf-8", "surrogatepass")
            return both.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()
        if found["strange"] or found["half"]:
            self.strange = True
            return NUL
        return found[0]
