"""Files from strangers at every door: each kind of harm in each file that the compendium reads."""
