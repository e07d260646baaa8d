"""What a law caps: which articles of a brand, by how much, and what that means for an offer."""
