"""Opening hours as rules: what was typed, what it means on a day, and which days are holidays where."""
