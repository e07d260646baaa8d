"""What `pass.json` says of itself: who it is, when and where it matters, where it is brought up to date."""
