"""Traces: how one event, segment, retention run or request went through the recorder, told to a collector by OTLP."""
