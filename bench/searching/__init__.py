"""`bench/search`: ten searches in a store of years, and the line beside them."""
