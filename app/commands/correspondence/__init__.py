"""Commands about the words in which the house writes."""
