"""Files of many rows that come in: each row has an outcome and its reasons, and the same file twice changes nothing."""
