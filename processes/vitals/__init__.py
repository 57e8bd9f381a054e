"""Whether a process is well: what it measures of itself, tells its supervisor, and answers on a socket of its own."""
