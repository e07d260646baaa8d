"""What passes cost: built and signed, told of by the web service, changed all at once, verified and taken offline."""
