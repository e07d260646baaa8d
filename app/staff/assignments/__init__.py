"""For which areas and stores console users plan offers."""
