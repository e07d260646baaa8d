"""An examination as a person reads it, and as a program does."""

from collections.abc import Iterator
from typing import Any

from app.languages import Language, Text
from wallet.doctor.ailments import Ailment, Grade, shown
from wallet.doctor.examination import Examination, PassSummary
from wallet.doctor.seal.certificates.chain import ChainStanding

GRADES = {
    Grade.FAULT: Text(fr="défaut", en="fault"),
    Grade.WARNING: Text(fr="alerte", en="warning"),
    Grade.REMARK: Text(fr="remarque", en="remark"),
}
COUNTS = Text(
    fr="{faults} {faults:défaut|défauts}, {warnings} {warnings:alerte|alertes},"
    " {remarks} {remarks:remarque|remarques}.",
    en="{faults} {faults:fault|faults}, {warnings} {warnings:warning|warnings}, {remarks} {remarks:remark|remarks}.",
)
NO_PASS = Text(fr="Ce n'est pas un pass.", en="This is no pass.")
SOUND = Text(fr="Le pass est bon.", en="The pass is sound.")
BAD = Text(fr="Le pass n'est pas bon.", en="The pass is not sound.")
FOR_THE_HOLDER = Text(fr="Pour le client : {said}", en="For the holder: {said}")
TO_MEND = Text(fr="Remède : {said}", en="To mend it: {said}")
MORE = Text(fr="Et {count} de plus de cette sorte.", en="And {count} more of this kind.")
SEALED = Text(
    fr="Signé par « {name} » {standing}, certificat valable jusqu'au {until}.",
    en='Signed by "{name}" {standing}, certificate valid until {until}.',
)
STANDINGS = {
    ChainStanding.APPLE: Text(fr="sous Apple", en="under Apple"),
    ChainStanding.GIVEN: Text(fr="sous l'autorité donnée", en="under the authority given"),
    ChainStanding.UNKNOWN: Text(fr="sous une autorité inconnue", en="under an unknown authority"),
    ChainStanding.INCOMPLETE: Text(fr="sans son intermédiaire", en="without its intermediate"),
}


def write_lines(examination: Examination, language: Language) -> Iterator[str]:
    """The report for a person, worst first."""
    if examination.summary is not None:
        yield from _head(examination.summary, language)
    rank = list(Grade)
    for one in sorted(examination.found, key=lambda found: rank.index(_ailment(found.finding).grade)):
        ailment = _ailment(one.finding)
        yield ""
        about = f" · {one.about}" if one.about else ""
        yield f"{GRADES[ailment.grade].say(language)} {ailment}{about}"
        yield f"  {one.say(language)}"
        yield f"  {FOR_THE_HOLDER.say(language, {'said': ailment.meaning.say(language)})}"
        yield f"  {TO_MEND.say(language, {'said': ailment.remedy.say(language, one.facts)})}"
    for ailment, count in examination.unlisted.items():
        yield f"{ailment}: {MORE.say(language, {'count': count})}"
    for name, inside in examination.inside:
        yield ""
        yield f"== {shown(name)}"
        yield from write_lines(inside, language)
    yield ""
    yield verdict_of(examination, language)


def verdict_of(examination: Examination, language: Language) -> str:
    """The last line: what it comes to."""
    counts = {f"{grade}s": number for grade, number in examination.counts.items()}
    word = SOUND if examination.is_sound else BAD if examination.is_pass else NO_PASS
    return f"{word.say(language)} {COUNTS.say(language, counts)}"


def write_record(examination: Examination, language: Language) -> dict[str, Any]:
    """The report for a program. Holds no token of the pass."""
    summary = examination.summary
    return {
        "is_pass": examination.is_pass,
        "is_sound": examination.is_sound,
        "counts": {f"{grade}s": number for grade, number in examination.counts.items()},
        "pass": None if summary is None else _summary_record(summary),
        "findings": [
            {
                "code": str(one.finding),
                "grade": str(_ailment(one.finding).grade),
                "about": one.about,
                "what": one.say(language),
                "meaning": _ailment(one.finding).meaning.say(language),
                "remedy": _ailment(one.finding).remedy.say(language, one.facts),
            }
            for one in examination.found
        ],
        "more": {str(ailment): count for ailment, count in examination.unlisted.items()},
        "inside": [{"name": name, **write_record(inside, language)} for name, inside in examination.inside],
    }


def _summary_record(summary: PassSummary) -> dict[str, Any]:
    sealed_by = summary.sealed_by
    return {
        **{name: getattr(summary, name) for name in PassSummary._fields if name != "sealed_by"},
        "signed_by": None
        if sealed_by is None
        else {
            "name": sealed_by.name,
            "standing": str(sealed_by.standing),
            "authority": sealed_by.authority,
            "signed_at": None if sealed_by.signed_at is None else sealed_by.signed_at.isoformat(),
            "expires_at": sealed_by.expires_at.isoformat(),
        },
    }


def _head(summary: PassSummary, language: Language) -> Iterator[str]:
    named = [shown(part) for part in (summary.organisation, summary.description) if part]
    yield " · ".join([*named, f"({summary.style or '—'})"])
    yield " · ".join(shown(part or "—") for part in (summary.pass_type, summary.team, summary.serial))
    if summary.sealed_by is not None:
        said = summary.sealed_by
        standing = STANDINGS[said.standing].say(language)
        facts = {"name": shown(said.name), "standing": standing, "until": said.expires_at.date()}
        yield SEALED.say(language, facts)


def _ailment(finding: object) -> Ailment:
    if not isinstance(finding, Ailment):
        raise TypeError(finding)
    return finding
