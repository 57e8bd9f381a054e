"""Talks in which one side is not heard any more: noticed from the media, shown, and mended where that is possible."""
