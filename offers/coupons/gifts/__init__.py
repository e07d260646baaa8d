"""Coupons that members give to each other."""
