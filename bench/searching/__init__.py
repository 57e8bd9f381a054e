"""`bench/search`: searches of each kind in a store of years, and the line beside them."""
