"""Notices: who is told what, once, and by which way."""
