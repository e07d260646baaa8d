"""Many offers at once: copied for another season, and stopped."""
