"""How much each factor counts for a brand: versioned, within bounds, with a switch back to the plain order."""
