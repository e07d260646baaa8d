"""Messages to people and notices to the systems of others: asked for, decided again, sent, stopped."""
