"""The only place that speaks Asterisk."""
