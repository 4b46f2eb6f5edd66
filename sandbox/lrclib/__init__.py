"""Stands in for LRCLIB, the database of song lyrics (https://lrclib.net), with words that are made up."""

from sandbox.lrclib.stand_in import LrclibStandIn

__all__ = ["LrclibStandIn"]
