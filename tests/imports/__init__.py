"""Files of many rows."""
