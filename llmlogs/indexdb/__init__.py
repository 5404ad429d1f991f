"""Where the index lies on disk and how it is opened: shared by those who write and who read."""
