"""What is wrong with a recording as a whole."""


class RecordingBroken(Exception):
    """The file is no recording that can be read; the message says why, in English, for whoever runs a command."""
