"""Each claim about speed: a script, its peer, the table it prints. Ratios of medians in one interleaved run."""
