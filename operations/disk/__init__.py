"""Room on the disk: its watch, and the ballast that is given up for a start."""
