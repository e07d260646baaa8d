"""What a brand sees of its passes before a member does: a picture and a page, of a member who does not exist."""
