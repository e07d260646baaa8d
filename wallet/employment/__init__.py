"""Who of a brand's card holders works for it: the brand says so, and offers may be for them."""
