"""Parts: the helpdesk's models as a host describes them, with the verbs that it may override."""
