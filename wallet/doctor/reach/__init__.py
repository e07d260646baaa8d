"""What a pass reaches out to: places and beacons where it comes up, its web service, readers by radio."""
