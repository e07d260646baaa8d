"""What whoever approves an offer should know: what it meets, and what changes."""
