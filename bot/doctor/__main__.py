"""``python -m bot.doctor [--json]`` and ``python -m bot.doctor dead-letters [list|explain|replay|drop]``."""

import sys

from bot.doctor.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
