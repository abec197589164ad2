"""The agents' door: the helpdesk's own pages send keystrokes here, and take conversations over."""
