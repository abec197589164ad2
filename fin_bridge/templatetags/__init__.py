"""Template tags for the agents' pages."""
