"""Frames to motion: pure functions over arrays, without I/O, clock or thread."""
