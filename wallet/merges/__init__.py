"""Members: two wallets of one person become one, and apart again; a card without a name gets its person."""
