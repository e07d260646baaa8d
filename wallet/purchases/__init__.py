"""What was bought, line by line."""
