"""Trust: callers are known by token and signature before anything of the body is parsed."""
