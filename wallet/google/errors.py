"""What can go wrong with Google, by what is to be done about it. These are no refusals: nobody but a job meets them."""


class GoogleAway(Exception):
    """Google does not answer, or asks to be left alone for a while: everything waits.

    `sent`: whether it may have done what was asked. `retry_after_s`: what it asked for, if it did.
    """

    def __init__(self, reason: str, *, sent: bool, retry_after_s: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.sent, self.retry_after_s = reason, sent, retry_after_s


class GoogleForbids(Exception):
    """Google does not take us for who we are, or not for this issuer: somebody must look at the account."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GoogleRefuses(Exception):
    """Google does not take this one thing as it is: sending it again changes nothing."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason
