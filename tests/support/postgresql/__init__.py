"""PostgreSQL for tests: as Django's, with tables that are emptied quickly."""
