"""Tills: what they did with a pass, once for ever, with or without a network, and what people make of conflicts."""
