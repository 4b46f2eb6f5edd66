"""``python -m bot.traffic_chart``: a report as JSON on stdin, its chart as PNG on stdout."""

import json
import os
import sys

from bot.traffic_chart.drawing import Series, draw

if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)  # the bot's music comes first
    sys.stdout.buffer.write(draw(Series.of(json.load(sys.stdin))))
