"""Pictures of brands: read with care, kept by what they are, in some sizes, served to anybody."""
