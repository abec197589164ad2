"""Reading: a conversation as Fin is shown it, in a constant number of statements."""
