"""Exercises that others publish, as drafts of a clinic."""
