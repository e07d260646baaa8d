"""What a phone watches by itself while its app sleeps: a few fences and beacon regions, and when to ask again."""
