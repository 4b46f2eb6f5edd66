"""What people read about the periods of `bot.period.Period`, by their value."""

from __future__ import annotations

from bot.texts import Text

NAME_JA = "期間"
DESCRIPTION = Text(ja="期間", en="Period")
CHOICES = {
    "today": Text(ja="今日", en="Today"),
    "week": Text(ja="今週", en="This week"),
    "month": Text(ja="今月", en="This month"),
    "all": Text(ja="全期間", en="All time"),
}
