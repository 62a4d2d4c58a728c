"""A camera for tests that misbehaves on demand: RTSP over TCP, in a process of its own."""
