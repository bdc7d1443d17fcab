"""A team's own repository: its localities, and a record of the version of the shared parts that they rest on.

`shipped` is what a version brings, `laying` puts it in place, `updating` brings a newer one, `starting` makes a
repository.
"""
