"""The wire: Fin's JSON into records and back, in both dialects."""
