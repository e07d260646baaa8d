"""OwnTracks as a client: a published app whose phone matches fences itself and reports what it crossed."""
