"""Many localities laid together from what each released: sums, bounds where something is hidden, pools.

Nothing here reads a record: what goes in is what a release shows, what comes out is a function of that alone.
"""
