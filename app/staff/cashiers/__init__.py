"""Who works at the tills of a store: a number and a PIN."""
