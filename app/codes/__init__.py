"""Numbers of articles, codes drawn for a screen or for paper, and texts of links that only we can make."""
