"""Talks and calls whose sound is gone: noticed from the media, shown, mended or replaced where that is possible."""
