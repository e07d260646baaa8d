"""Points that were asked back in vain: remembered, and taken when what was spent comes back."""
