"""A release that travels: one file with what was approved, what it was made with, and hashes that anybody can check.

The file is a BagIt bag (RFC 8493) whose payload is an RO-Crate 1.3 and a Data Package at once. It is a function of the
entry in the ledger, its archive and the project's files: no clock, no name of a folder, the same bytes each time.
"""
