"""What a brand's passes look like in every wallet: one declarative template, filled, and measured against each."""
