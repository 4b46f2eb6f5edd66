"""Chaos for telemetry: everything around it fails at random while every event is followed to its place.

``python -m sandbox.chaos`` runs it; docs/chaos.md tells what it does and what it found.
"""
