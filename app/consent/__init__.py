"""What a member allows: touchpoint x purpose x level x scope, with expiry, uses and evidence."""
