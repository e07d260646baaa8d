"""Coupons: claimed by a member, redeemed at a terminal, undone within a window."""
