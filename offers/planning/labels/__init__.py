"""What a brand calls its offers, and how it finds one among very many."""
