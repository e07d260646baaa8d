"""The translations of a pass, `xx.lproj/pass.strings`: their encoding, their form, and what a language lacks.

Apple's format of strings files; which encodings readers fail on was tried with KDE's.
"""

import codecs
import re
from collections import defaultdict
from collections.abc import Mapping

from wallet.doctor.ailments import Symptoms
from wallet.doctor.face.findings import WordsAilment

FILE = "pass.strings"
TOKEN = re.compile(
    r"\s++|/\*(?:.*?\*/|(?P<open>.*))|//[^\n]*+"
    r'|"(?P<key>(?:[^"\\]|\\.)*+)"\s*+=\s*+"(?P<words>(?:[^"\\]|\\.)*+)"\s*+;'
    r"|(?P<broken>[^\n]++)",
    re.DOTALL,
)
"""An entry, what may stand between entries, or else a line that is neither."""
ESCAPE = re.compile(r"\\(?:[Uu]([0-9A-Fa-f]{4})|(.))", re.DOTALL)
ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 (BOM)"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16LE (BOM)"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16BE (BOM)"),
)
READ_BY_ALL = ("UTF-8", "UTF-16BE (BOM)", "UTF-16BE")


def check_words(members: Mapping[str, bytes], used: Mapping[str, str], *, symptoms: Symptoms) -> None:
    """Note translations that wallets cannot read, and texts of the pass that one language has and another lacks.

    `used` are the texts of the pass, and where each stands.
    """
    tables: dict[str, dict[str, str]] = {}
    for name, content in members.items():
        folder, _, last = name.rpartition("/")
        if last == FILE and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*\.lproj", folder):
            tables[name] = _read(content, name, symptoms)
        elif last.lower() == FILE:
            symptoms.note(WordsAilment.WORDS_ELSEWHERE, name)
    translated: dict[str, set[str]] = defaultdict(set)
    for name, table in tables.items():
        for key in table:
            translated[key].add(name)
        unused = table.keys() - used.keys()
        if unused:
            symptoms.note(WordsAilment.WORDS_UNUSED, name, count=len(unused))
    for text in [text for text in used if text in translated]:
        for name in tables:
            if name not in translated[text]:
                symptoms.note(WordsAilment.WORDS_MISSING, name, key=text)


def _read(content: bytes, name: str, symptoms: Symptoms) -> dict[str, str]:
    encoding, called = _encoding_of(content)
    if called not in READ_BY_ALL:
        symptoms.note(WordsAilment.WORDS_ENCODED, name, encoding=called)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        symptoms.note(WordsAilment.WORDS_UNDECODABLE, name)
        return {}
    table: dict[str, str] = {}
    line, at = 1, 0
    for token in TOKEN.finditer(text):
        if token["key"] is not None:
            key = _unescaped(token["key"])
            if key in table:
                symptoms.note(WordsAilment.WORDS_TWICE, name, key=key)
            table[key] = _unescaped(token["words"])
        elif token["broken"] or token["open"] is not None:
            line += text.count("\n", at, token.start())
            at = token.start()
            symptoms.note(WordsAilment.WORDS_BROKEN, name, line=line)
    return table


def _encoding_of(content: bytes) -> tuple[str, str]:
    for mark, encoding, called in MARKS:
        if content.startswith(mark):
            return encoding, called
    if content[:1] == b"\0":
        return "utf-16-be", "UTF-16BE"
    return ("utf-16-le", "UTF-16LE") if content[1:2] == b"\0" else ("utf-8", "UTF-8")


def _unescaped(text: str) -> str:
    return ESCAPE.sub(lambda one: chr(int(one[1], 16)) if one[1] else ESCAPED.get(one[2], one[2]), text)
