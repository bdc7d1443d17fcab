"""The plan of a run, what each notebook's result rests on, and the kernels that make it."""
