"""Cameras to segments on disk and frames in memory."""
