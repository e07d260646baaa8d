"""Pictures and barcodes of a pass."""
