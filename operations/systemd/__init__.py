"""The line under systemd: a unit for each process, rendered for one instance."""
