"""The personal leaflet: a member's offers of the week at their store, chosen by the engine, to read and to print."""
