"""What a member likes, how it is kept for answers, and how well an offer goes with it."""
