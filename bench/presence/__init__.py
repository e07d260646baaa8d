"""What it costs to be near: fences, beacons, visits, and offers that a phone matches itself."""
