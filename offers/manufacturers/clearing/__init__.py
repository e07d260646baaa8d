"""What issuers owe for a month, in files that are numbered and closed once they are made."""
