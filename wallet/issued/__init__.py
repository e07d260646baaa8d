"""Passes that members hold in the wallets of their phones: what each says now, its revisions, and what changed it."""
