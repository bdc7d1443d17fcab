"""Pages made from released objects: one folder a locality, and the parts that hand-written pages include."""
