"""The commands of the demo helpdesk."""
