"""Refusals of messages and of sinks."""


class StopLinkMissing(ValueError):
    """The words of a message do not say, in each language, how to stop it: a fault of the writer, not of a caller."""


class SinkProblem(Exception):
    """What an operator asked of a sink cannot be; the message says why."""


class SinkUnknown(SinkProblem):
    """The brand has no sink of that code."""


class SinkExists(SinkProblem):
    """The brand has a sink of that code already."""


class SinkWithoutContract(SinkProblem):
    """GDPR article 28: no contract, no data."""


class SinkAddressUnsafe(SinkProblem):
    """Notices go over TLS, to an address that holds no secret."""


class SinkPurposeUnknown(SinkProblem):
    """It would be given data for something that is no purpose of ours."""
