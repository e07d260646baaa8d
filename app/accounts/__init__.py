"""Brands, console users, terminals, members' sign-in, tokens and roles."""
