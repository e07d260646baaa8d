"""A till that records."""

from tests.tills.conftest import till as till
