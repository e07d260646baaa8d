"""What a till may do without a network, and the most that can be lost by it."""
