"""Proof that nothing is lost: the demo helpdesk under load, and everything around it failing."""
