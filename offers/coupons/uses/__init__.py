"""How often offers are used, and by whom together: limits of members, households and phones."""
