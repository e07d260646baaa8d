"""What comes back of a sale that was closed: a part of it, all of it, or the sale itself to be closed anew."""
