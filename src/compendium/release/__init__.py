"""Settle what was proposed: the one door between private and public."""
