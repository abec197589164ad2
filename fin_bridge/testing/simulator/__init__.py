"""The simulated Fin: it receives events, calls the helpdesk, and answers customers."""
