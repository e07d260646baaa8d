"""Programme rules: what earns points, which tier that makes, what points buy, who brought whom."""
