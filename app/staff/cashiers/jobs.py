"""What time takes away of cashiers."""

from datetime import datetime

from app.staff.cashiers import cashiers


def forget_cashiers(*, now: datetime) -> int:
    """Names of those who left a year ago."""
    return cashiers.forget_names(now=now)


JOBS = (forget_cashiers,)
