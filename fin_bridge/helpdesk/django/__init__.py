"""Facts about any Django models: shared rows, generic keys, naive times."""
