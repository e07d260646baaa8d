"""What brands show of themselves."""
