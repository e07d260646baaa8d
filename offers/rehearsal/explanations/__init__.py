"""Why one member is shown an offer, here, at this time, or why not: gate by gate."""
