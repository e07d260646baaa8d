"""What a brand shows of itself: its profile, version by version, and the directory of brands, for anybody."""
