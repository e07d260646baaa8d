"""Radios in stores: what they send, where they stand, who may be told that one was heard, and how the fleet is."""
