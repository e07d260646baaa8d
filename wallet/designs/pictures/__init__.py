"""Pictures of brands: read with care, cut for each wallet, kept by what they are, served to anybody."""
