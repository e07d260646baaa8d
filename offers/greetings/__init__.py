"""What staff know of whoever shows a pass, and what a terminal knows of itself; finding and joining at the counter."""
