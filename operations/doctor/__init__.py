"""`tanggap doctor`: what is wrong with an instance, in plain words, and what to do. A file for each group of checks."""
