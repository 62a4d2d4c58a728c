"""Synthetic cameras: scenes with exact ground truth, encoded once, served over RTSP by one process a camera."""
