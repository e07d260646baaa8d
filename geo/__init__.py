"""Where: stores, areas, opening hours. The only domain that speaks PostGIS."""
