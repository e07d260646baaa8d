"""Around me: stores near, open now, what they have and which offers are for everybody there. Nobody is known."""
