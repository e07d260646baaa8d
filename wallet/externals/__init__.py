"""External cards: any programme's barcode, kept in the wallet."""
