"""``python -m bot``: the same program as ``python main.py`` in this folder."""

import sys

from bot.main import main

sys.exit(main())
