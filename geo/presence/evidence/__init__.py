"""What a report says of stores, and what of it a member's permissions let us keep."""
