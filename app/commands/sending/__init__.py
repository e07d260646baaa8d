"""Commands about what leaves the house: letters in the words of a brand, notices to systems of others."""
