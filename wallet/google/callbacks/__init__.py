"""What Google says of the copies in its wallets: that one was saved or taken out. Each message is proven to be
Google's, to be for us, and to be new."""
