"""Coupons of manufacturers: who issues them, what one pays in a basket, and the ledger of what issuers owe."""
