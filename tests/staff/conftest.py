"""Passwords are hashed as quickly as in the tests of accounts, and nothing is used up when a test begins."""

from tests.accounts.conftest import quick_hashing, whole_quotas

__all__ = ["quick_hashing", "whole_quotas"]
