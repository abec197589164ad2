"""Descriptions of helpdesks that many people have, each ready for use; the app itself has none."""
