"""The simulated Messenger: the page in which a customer chats with the simulated Fin."""
