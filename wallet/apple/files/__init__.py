"""The file of a pass: what it says in Apple's words, its archive, its signature."""
