"""Rules of the repository: names, words, papers, scripts, and the list of tests in quarantine."""
