"""What members said: each yes and no is an event, and the cell that it makes of it."""
