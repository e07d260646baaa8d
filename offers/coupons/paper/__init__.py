"""Coupons on paper: printed in batches, or brought from elsewhere, each for whoever types it first."""
