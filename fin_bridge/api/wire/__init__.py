"""The wire: turns Fin's JSON into records, and records into JSON of either dialect."""
