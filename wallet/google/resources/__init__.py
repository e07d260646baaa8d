"""Passes and their looks in Google's words. Nothing here asks anybody or changes anything."""
