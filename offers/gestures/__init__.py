"""Small attentions that staff give, out of a budget of their store."""
