"""The commands of operators and integrators."""
