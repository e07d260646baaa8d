"""What, when, to whom: planning, deciding, coupons."""
