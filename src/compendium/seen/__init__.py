"""What a result was seen to rest on: files by content, modules, libraries. Leaves: nothing of ours but paths."""
