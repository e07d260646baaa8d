"""What each kind of terminal may do."""
