"""What beacons, fences, visits and bundles cost; each module measures one of them, and all together `__main__`."""
