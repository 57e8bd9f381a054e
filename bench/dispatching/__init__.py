"""`bench/dispatch`: how long a report takes from the operator's key to the agency, and the answer back."""
