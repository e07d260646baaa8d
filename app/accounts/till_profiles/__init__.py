"""What terminals of one kind may do."""
