"""Where something is: places by name, points as people write them."""
