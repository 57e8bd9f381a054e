"""Space on the disk: alarms when it runs out, and the ballast that is given up for a start."""
