"""Two wallets turn out to be one person's: what every room needs to bring them together and to part them again."""
