"""What a file's metadata assert: each container taken apart, each source read, one of them believed."""
