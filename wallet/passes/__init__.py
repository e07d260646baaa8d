"""Codes: what is printed or shown on a pass, and the directory that says what a scanned code is."""
