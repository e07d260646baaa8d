"""What an offer gives. A kind is one class in one file, beside its like, and one name in the registry, which all others
ask."""
