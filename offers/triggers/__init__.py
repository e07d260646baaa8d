"""What a moment in a store brings: a visit that begins or lasts, a shelf, a tag that was read."""

from geo.presence import listeners as _listeners
from offers.triggers.sightings import answer_transitions as _answer_transitions

# Presence knows no offers: whoever loads this room, a server or a command, lets it answer what phones report.
_listeners.AFTER_TRANSITIONS.append(_answer_transitions)
