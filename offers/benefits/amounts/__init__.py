"""An amount of money is off."""
