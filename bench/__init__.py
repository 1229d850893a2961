"""What is fast, measured beside its physical limit and its peers in the same run. Never part of the tests."""
