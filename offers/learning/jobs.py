"""Background work of learning: what happened is learnt, what may not be kept goes, what fades is renewed."""

from datetime import datetime

from app.sql import db
from offers.learning import lessons, popularity, profiles, scores

AT_ONCE = 500


@db.in_steps
def learn(*, now: datetime) -> int:
    """Learn what is new of members who permit it; return how many things."""
    return lessons.learn_waiting(now=now, at_once=AT_ONCE)


@db.in_steps
def renew_outgrown(*, now: datetime) -> int:
    """Learn anew what still counts purchases that have long been deleted; return how many things."""
    return lessons.renew_outgrown(now=now, at_once=AT_ONCE)


@db.in_steps
def end_profiles(*, now: datetime) -> int:
    """Delete profiles whose permission ended by the clock alone; return how many."""
    return profiles.end_profiles(now=now, at_once=AT_ONCE)


@db.in_steps
def mend_profiles(*, now: datetime) -> int:
    """Make and delete profiles that are not as permissions stand; return how many."""
    return profiles.mend_profiles(now=now, at_once=AT_ONCE)


@db.in_steps
def weigh_popularity(*, now: datetime) -> int:
    """Count what each brand sells lately; return for how many brands."""
    return popularity.weigh_popularity(now=now)


def cut_scores(*, now: datetime) -> int:
    """Find out where the scores of each brand's members are cut; return for how many brands."""
    return scores.cut_scores(now=now)


JOBS = (learn, end_profiles, mend_profiles, renew_outgrown, weigh_popularity, cut_scores)
EVERY_S = {
    "learn": 60,
    "end_profiles": 300,
    "mend_profiles": 86_400,
    "renew_outgrown": 86_400,
    "weigh_popularity": 21_600,
    "cut_scores": 900,
}
