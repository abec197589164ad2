"""Measurements that are too long for the tests; each module says how it is run."""
