"""TODO geo/places/imports."""
