"""Recordings of where somebody went: GPX files, and what the OwnTracks Recorder keeps."""
