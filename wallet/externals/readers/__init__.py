"""Files of other wallets: which one it is, and a reader for each."""
