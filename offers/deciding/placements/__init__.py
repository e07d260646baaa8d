"""Offers where nobody says a position: in the wallet, and at a till."""
