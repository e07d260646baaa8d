"""What points buy: the catalogue and its orders."""
