"""Fleets of beacons out of files: what their makers' programs export, and what spreadsheets hold."""
