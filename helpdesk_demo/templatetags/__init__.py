"""The template tags of the helpdesk's pages."""
