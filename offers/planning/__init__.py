"""Offers: drafted by a merchandiser, made live by an approver, paused, ended; each change is a new version."""

from geo.places import read_model as _places
from offers.planning.read_model.publication import reflatten_stores as _reflatten_stores

# Offers depend on stores, and stores may not know offers: whoever loads this room, a server or a command, gets the seam
# that keeps the read model right when stores change.
_places.AFTER_PLACES_CHANGE.append(_reflatten_stores)
