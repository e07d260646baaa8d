"""Members below the age of consent, and the parents who say yes together with them."""
