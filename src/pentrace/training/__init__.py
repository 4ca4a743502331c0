"""Training in PyTorch, which nothing outside this folder imports. Needs the extra `pentrace[train]`."""
