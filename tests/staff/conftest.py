"""Passwords are hashed as quickly as in the tests of accounts."""

from tests.accounts.conftest import quick_hashing

__all__ = ["quick_hashing"]
