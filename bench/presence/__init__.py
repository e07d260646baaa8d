"""What being somewhere costs: fences, beacons, sightings, the answers to them, and bundles."""
