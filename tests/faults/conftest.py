"""The live fixtures, for the tests behind a proxy."""

from tests.live.conftest import full, plain, secret, user

__all__ = ["full", "plain", "secret", "user"]
