"""The wiring: command line, configuration, processes."""
