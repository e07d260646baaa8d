"""What an offer gives. A kind is one class in one file and one name in the registry, which all others ask."""
