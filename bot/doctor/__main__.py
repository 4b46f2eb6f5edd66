"""``python -m bot.doctor [--json]``, or with ``dead-letters`` or ``network-outliers`` behind it."""

import sys

from bot.doctor.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
