"""Proof in the member's hand: a receipt for every permission event, and a public log that cannot be rewritten."""
