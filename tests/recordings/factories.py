"""Recordings for tests."""


def gpx(inside: str, *, version: str = "1.1") -> bytes:
    """A GPX file with this in it."""
    space = f"http://www.topografix.com/GPX/{version.replace('.', '/')}"
    return f'<?xml version="1.0" encoding="UTF-8"?><gpx version="{version}" xmlns="{space}">{inside}</gpx>'.encode()
