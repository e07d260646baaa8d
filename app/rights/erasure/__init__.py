"""Erasure (GDPR article 17): its steps, what each table loses, the ledger outside, and after a restore."""
