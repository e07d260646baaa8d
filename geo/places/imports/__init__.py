"""Stores out of files: readers of each format, what the file said so far, and the catalogue that comes of it."""
