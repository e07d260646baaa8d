"""What an offer brought: shown, claimed, redeemed, sold, given; by day and store."""
