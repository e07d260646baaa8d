"""Offers where nobody says a position: in the wallet, at a till, in a store."""
