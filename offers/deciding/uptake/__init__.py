"""How offers do: counted from what is learnt of members who permit it, for the share of discovery."""
