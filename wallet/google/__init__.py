"""Google Wallet: classes and objects kept there by REST, links to save them, what changed told once, offers linked to
the card."""
