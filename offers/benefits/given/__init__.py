"""Something is given: units, a gift, points."""
