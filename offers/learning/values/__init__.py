"""What the members of a brand will still bring: a model of them, fitted anew in the background."""
