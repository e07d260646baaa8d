"""What terminals say of themselves, and what that says of how they are."""
