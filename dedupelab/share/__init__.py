"""Tables become what may leave: the evidence pack and its verification."""
