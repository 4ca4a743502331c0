"""`pentrace explain`: a file for each of its commands, and one for those of a single ink."""
