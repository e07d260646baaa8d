"""Numbers of articles, and codes drawn for a screen or for paper: whatever is sold, and whoever reads them."""
