"""How a sale is paid: tenders as a till says them, and what they may come to."""
