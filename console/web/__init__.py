"""The web application: routes, gate, sessions, refusals."""
