"""What leaves the house: messages to people, and later events to other systems."""
