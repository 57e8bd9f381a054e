"""How soon `tanggap up` has every call in hand again after kill -9, and how calls fare while nothing of ours lives."""
