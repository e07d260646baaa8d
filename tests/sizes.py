"""How much the generated tests try: `quick` is what `make test` asks, `full` what the CI asks, `explore` who looks for
more.

A profile of Hypothesis each, so that one option chooses both: `make test ARGS=--hypothesis-profile=full`. What a test
asserts is the same. `quick` asks it less often than `full`, and both ask the same things each time, so that whether a
change is taken never hangs on chance; `explore` asks twice as much as `full`, and other things each time.
"""

from dataclasses import dataclass

from hypothesis import settings


@dataclass(frozen=True)
class Sizes:
    """How many of each."""

    laws: int
    """Examples for a pure rule."""
    rows: int
    """Examples that each send a request or write some rows."""
    worlds: int
    """Examples that each make a brand, and live in it."""
    valid: int
    """Calls of an operation as its document allows."""
    malformed: int
    """Calls of an operation as its document forbids."""
    walkers: int
    """Members who each act a few hundred times at random, over a ledger in memory."""
    acts: int
    """Acts at random of one member in the database, or of one phone among several."""
    sealed: int
    """Events that many write while others seal them."""
    rounds: int
    """Times that a race is run again."""
    hammered_s: int
    """For how long senders and a member who says no are let loose on each other."""
    every_kill: bool
    """Whether an erasure is killed in each of its steps, or once in each kind of step."""
    patient: bool
    """Whether a test waits half a minute for what must end by itself."""


FIXED_PROFILES = {
    "quick": Sizes(
        laws=40,
        rows=10,
        worlds=3,
        valid=3,
        malformed=3,
        walkers=4,
        acts=40,
        sealed=500,
        rounds=2,
        hammered_s=2,
        every_kill=False,
        patient=False,
    ),
    "full": Sizes(
        laws=200,
        rows=60,
        worlds=16,
        valid=12,
        malformed=10,
        walkers=24,
        acts=300,
        sealed=3_000,
        rounds=8,
        hammered_s=8,
        every_kill=True,
        patient=True,
    ),
}


EXPLORE = "explore"
PROFILES = FIXED_PROFILES | {
    EXPLORE: Sizes(
        laws=400,
        rows=120,
        worlds=30,
        valid=20,
        malformed=15,
        walkers=40,
        acts=500,
        sealed=5_000,
        rounds=12,
        hammered_s=12,
        every_kill=True,
        patient=True,
    )
}


def register_profiles() -> None:
    """Tell Hypothesis the profiles, and take the quick one unless an option says otherwise."""
    for name, sizes in PROFILES.items():
        settings.register_profile(name, max_examples=sizes.laws, deadline=None, derandomize=name != EXPLORE)
    settings.load_profile("quick")


def chosen() -> Sizes:
    """The sizes of this run."""
    return PROFILES[settings.get_current_profile_name()]
