"""Parts of a store (a department, a shelf, a till, a window), and the printed codes that lead to them."""
