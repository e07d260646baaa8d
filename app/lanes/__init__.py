"""Short ways for the few hot requests of members: the verb and the answer of the route, without Flask around them."""
