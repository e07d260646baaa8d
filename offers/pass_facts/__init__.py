"""What offers and places put on the passes of members: coupons, where the pass shows itself, whether it may notify."""
