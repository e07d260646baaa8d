"""Clients that generators make of the published document, and one small program for each."""
