"""How long data are kept: by class, by inactivity, by the end of a purpose."""
