"""The simulated Messenger, in which a customer writes and reads."""
