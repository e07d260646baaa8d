"""Apple Wallet: packages that it accepts, the web service that keeps them true, and pushes that wake phones."""
