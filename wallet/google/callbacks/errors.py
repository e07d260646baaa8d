"""Refusals of the door that Google knocks on. Nobody reads them: they are bare statuses."""


class RootKeysMissing(Exception):
    """Google's keys are not known, and cannot be fetched now: nothing can be proven."""
