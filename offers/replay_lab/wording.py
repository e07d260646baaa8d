"""A replay in words: what would have happened, offer by offer, and why nothing else did."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from app.languages import Language, Text
from geo.presence.facts import ReportFindingCode
from geo.presence.transitions import Transition, TransitionKind
from geo.recordings.tracks import Recording, Skipped, TrackPoint
from offers.replay_lab.lab import Lab
from offers.replay_lab.replay import Approach, Fired, TrackReplay

HAPPENED = {
    TransitionKind.ENTERED: Text(fr="entrée : {place}", en="entered: {place}"),
    TransitionKind.DWELLED: Text(fr="est resté : {place}", en="stayed: {place}"),
    TransitionKind.EXITED: Text(fr="sortie : {place}", en="left: {place}"),
    TransitionKind.ZONE_ENTERED: Text(fr="devant un rayon : {place}", en="before a shelf: {place}"),
    TransitionKind.CROSSED: Text(fr="n'a fait que traverser : {place}", en="only crossed: {place}"),
}
SURE = (
    Text(fr="aucune confiance", en="no confidence"),
    Text(fr="confiance faible", en="low confidence"),
    Text(fr="confiance moyenne", en="middling confidence"),
    Text(fr="confiance forte", en="high confidence"),
)
SHOWN = Text(fr="offre « {title} » : {why}", en='offer "{title}": {why}')
NOT_SHOWN = Text(fr="pas « {title} » : {why}", en='not "{title}": {why}')
NOTHING_HERE = Text(
    fr="aucune offre de l'enseigne ne vaut dans ce magasin.", en="no offer of the brand holds at this store."
)
NO_TRIGGER = Text(
    fr="n'apporte jamais d'offre : on en apporte à qui entre, reste ou s'arrête devant un rayon.",
    en="never brings an offer: who enters, stays or stands before a shelf is brought one.",
)
LATE = Text(fr="trop ancien pour apporter une offre.", en="too long ago to bring an offer.")
FINDINGS = {
    ReportFindingCode.NOT_PERMITTED: Text(fr="sans autorisation ({reason})", en="not permitted ({reason})"),
    ReportFindingCode.REPEATED: Text(fr="déjà dits", en="said before"),
    ReportFindingCode.TOO_OLD: Text(fr="trop anciens", en="too old"),
    ReportFindingCode.IN_THE_FUTURE: Text(fr="dans le futur", en="in the future"),
    ReportFindingCode.UNUSABLE: Text(
        fr="sans précision connue : ne disent rien d'un lieu", en="of no known accuracy: they tell nothing of a place"
    ),
    ReportFindingCode.TOO_COARSE: Text(fr="trop imprécis pour un magasin", en="too coarse for any store"),
    ReportFindingCode.MOCKED: Text(fr="inventés par une application", en="made up by an app"),
    ReportFindingCode.JUMPED: Text(
        fr="plus rapides que quiconque ne voyage : comptent peu",
        en="faster than anybody travels: they count for little",
    ),
    ReportFindingCode.UNKNOWN_PLACE: Text(fr="d'un lieu inconnu", en="of an unknown place"),
}
OF_ITEMS = Text(fr="{count} {count:signalement|signalements} {what}.", en="{count} {count:item|items} {what}.")
FAR = Text(fr="{fence} : jamais à moins de 5 km.", en="{fence}: never within 5 km.")
NEVER_INSIDE = Text(
    fr="{fence} : jamais dedans ; au plus près à {metres} m, le {at}.",
    en="{fence}: never inside; {metres} m away at the nearest, on {at}.",
)
TOO_INEXACT = Text(
    fr="{fence} : {inside} {inside:position|positions} dedans, dont aucune assez précise pour en être sûr.",
    en="{fence}: {inside} {inside:position|positions} inside, none of them exact enough to be sure.",
)
INSIDE_UNTOLD = Text(
    fr="{fence} : {exact} {exact:position|positions} nettement dedans, mais rien n'a pu être retenu (voir les"
    " autorisations ci-dessus).",
    en="{fence}: {exact} {exact:position|positions} clearly inside, but nothing could be kept (see the permissions"
    " above).",
)
ONLY_COUNTS = Text(
    fr="{fence} : sans magasin, elle ne fait que compter les passages.",
    en="{fence}: without a store it only counts who passes.",
)
VISITED = Text(
    fr="{fence} : {exact} {exact:position|positions} nettement dedans sur {inside}.",
    en="{fence}: {exact} of {inside} {inside:position|positions} inside were clearly so.",
)
STILL_INSIDE = Text(
    fr="{fence} : encore à l'intérieur à la fin de l'enregistrement.",
    en="{fence}: still inside when the recording ends.",
)
UNMATCHED = Text(
    fr="{count} {count:passage|passages} de zones que le téléphone surveillait pour d'autres : laissés de côté.",
    en="{count} {count:crossing|crossings} of what the phone watched for others: passed over.",
)
SKIPPED = {
    Skipped.NO_POSITION: Text(fr="sans position lisible", en="without a position that can be read"),
    Skipped.NULL_ISLAND: Text(fr="à 0, 0", en="at 0, 0"),
    Skipped.TIME_UNREADABLE: Text(fr="à l'heure illisible", en="with a time that cannot be read"),
    Skipped.LINE_UNREADABLE: Text(fr="illisibles", en="that cannot be read"),
    Skipped.OTHER_MESSAGE: Text(fr="qui disent autre chose", en="that say something else"),
}
LEFT_OUT = Text(fr="Laissé de côté : {count} {what}.", en="Left out: {count} {what}.")
PLAYED = Text(
    fr="{points} {points:position|positions}, {crossings} {crossings:passage|passages}, du {first} au {last}, en"
    " {reports} {reports:envoi|envois}.",
    en="{points} {points:position|positions}, {crossings} {crossings:crossing|crossings}, from {first} to {last}, in"
    " {reports} {reports:report|reports}.",
)
NOTHING_HAPPENED = Text(fr="Rien ne se serait passé.", en="Nothing would have happened.")
WHY = Text(fr="Pourquoi, zone par zone :", en="Why, fence by fence:")
NOTHING_KEPT = Text(fr="Rien n'a été gardé.", en="Nothing was kept.")


class TimesTold(NamedTuple):
    """The points that were played at the times of the recording, and how much later they were played."""

    points: Sequence[TrackPoint]
    recording: Recording
    later: timedelta

    def say_time(self, at: datetime) -> str:
        """An instant that was played, as the recording has it: to the second, in UTC, of any year."""
        return (at - self.later).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def tell_replay(
    replay: TrackReplay, lab: Lab, approaches: Sequence[Approach], times: TimesTold, language: Language
) -> Iterator[str]:
    """The lines of a replay, in the order in which they are read."""
    yield _extent(replay, times, language)
    for skipped, count in times.recording.skipped.items():
        yield LEFT_OUT.say(language, {"count": count, "what": SKIPPED[skipped].say(language)})
    names = _names(lab)
    for fired in replay.fired:
        yield from _told(fired, names, times, language)
    if not replay.fired:
        yield NOTHING_HAPPENED.say(language)
    if replay.unmatched:
        yield UNMATCHED.say(language, {"count": replay.unmatched})
    for (code, _, reason), ids in replay.findings.items():
        what = FINDINGS[code].say(language, {"reason": "" if reason is None else str(reason)})
        yield OF_ITEMS.say(language, {"count": max(1, len(ids)), "what": what})
    if approaches:
        yield WHY.say(language)
    for one in approaches:
        yield f"  {_approach(one, replay, times, language)}"
    yield NOTHING_KEPT.say(language)


def _extent(replay: TrackReplay, times: TimesTold, language: Language) -> str:
    crossings = times.recording.crossings
    every = sorted([one.at for one in times.points if one.at is not None] + [one.at for one in crossings])
    return PLAYED.say(
        language,
        {
            "points": len(times.points),
            "crossings": len(crossings),
            "first": times.say_time(every[0] + times.later),
            "last": times.say_time(every[-1] + times.later),
            "reports": replay.reports,
        },
    )


def _names(lab: Lab) -> Mapping[object, str]:
    return {key: one.name for one in lab.fences for key in (one.store_id, one.id) if key is not None}


def _told(fired: Fired, names: Mapping[object, str], times: TimesTold, language: Language) -> Iterator[str]:
    one = fired.transition
    place = names.get(one.fence_id) or names.get(one.store_id) or str(one.store_id)
    happened = HAPPENED[one.kind].say(language, {"place": place})
    minute = times.say_time(one.occurred_at)[:-4]
    yield f"{minute}Z {happened} ({SURE[one.confidence].say(language)})"
    for line in _outcome(fired, one, language):
        yield f"    {line}"


def _outcome(fired: Fired, one: Transition, language: Language) -> Iterator[str]:
    """What came of it, offer by offer."""
    if fired.answer is None:
        is_trigger = one.kind not in (TransitionKind.EXITED, TransitionKind.CROSSED)
        yield LATE.say(language) if is_trigger else NO_TRIGGER.say(language)
        return
    nothing: Mapping[str, Any] | None = fired.answer["nothing"]
    if nothing is not None:
        yield str(nothing["text"])
    if nothing is not None and not fired.considered and fired.answer["decision_id"] is not None:
        yield NOTHING_HERE.say(language)
    for offer in fired.considered:
        is_shown = offer["outcome"] in ("shown", "unseen")
        said = {"title": offer["title"], "why": offer["explanation"]}
        yield (SHOWN if is_shown else NOT_SHOWN).say(language, said)


def _approach(one: Approach, replay: TrackReplay, times: TimesTold, language: Language) -> str:
    said: dict[str, Any] = {"fence": one.fence.name, "inside": one.inside, "exact": one.exact}
    if one.fence.store_id is None:
        return ONLY_COUNTS.say(language, said)
    if replay.visited(one.fence):
        is_inside = one.fence.store_id in replay.still_inside()
        return (STILL_INSIDE if is_inside else VISITED).say(language, said)
    if one.nearest_m is None or one.at is None:
        return FAR.say(language, said)
    if not one.inside:
        return NEVER_INSIDE.say(language, said | {"metres": round(one.nearest_m), "at": times.say_time(one.at)})
    return (INSIDE_UNTOLD if one.exact else TOO_INEXACT).say(language, said)
