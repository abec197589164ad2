"""Writing into the helpdesk: only what changed, and what it has no place for is kept by us."""
