"""The ledger proved: every entry played again, and what a brand owes in all."""
