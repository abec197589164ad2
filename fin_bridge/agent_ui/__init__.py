"""The agents' door: keystrokes of the helpdesk's own pages come in here, and who takes over."""
