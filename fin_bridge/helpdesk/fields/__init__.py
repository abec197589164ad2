"""Fields: how one word of ours is read from the helpdesk's rows and written to them."""
