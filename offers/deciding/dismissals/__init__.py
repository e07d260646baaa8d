"""A member says "not this": the offer is hidden from them until they take it back."""
