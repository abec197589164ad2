"""The operations of Fin's calls, each of which is the same in both dialects."""
