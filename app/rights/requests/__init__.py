"""Requests about one's rights: made, answered, and their legal clock."""
