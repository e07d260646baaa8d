"""The replay lab: a recording is played against fences, to see what would happen, and why not. It keeps nothing."""
