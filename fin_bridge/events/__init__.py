"""The door through which we go out to Fin: capture, outbox, delivery."""
