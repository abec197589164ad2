"""Trust: who calls, by token and by signature, before anything of the body is read."""
