"""The rights of the person (GDPR articles 15 to 22): the map of personal data, exports, requests and their clocks,
erasure and retention."""
