"""Which file an open descriptor is, for descriptors that are kept.

A program that becomes a daemon closes every descriptor it does not know, and the next file that it
opens gets the number of ours: that one is neither to be written to nor to be closed.
"""

import os

Identity = tuple[int, int]
"""Device and inode; a file's own for as long as it is open."""


def identity_of(descriptor: int) -> Identity | None:
    """The file behind a number; None if the number is not open."""
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino
