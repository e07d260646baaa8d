"""What stores have: articles with their price and stock, how long one waits, what happens today."""
