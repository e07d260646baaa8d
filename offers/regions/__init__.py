"""What a phone watches by itself while its app sleeps: a few fences and beacon regions, and when to ask again."""

from geo.owntracks import choosers as _choosers
from offers.regions.owntracks import choose_owntracks_fences as _choose_owntracks_fences

# Which fences are worth watching depends on offers, which geo may not know: whoever loads this room brings the choice.
_choosers.CHOOSERS.append(_choose_owntracks_fences)
