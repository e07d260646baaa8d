"""Being near without saying where: cells of the earth that are too wide to tell where somebody is."""
