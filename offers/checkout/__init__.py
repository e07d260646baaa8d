"""Checkout: what a sale comes to, and what it does to coupons, points and purchases."""
