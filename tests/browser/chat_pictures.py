"""Take the chat picture for docs/: ``python -m tests.browser.chat_pictures [DIRECTORY]``."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import expect

from sandbox.gemini import GeminiStandIn
from sandbox.gemini.scripts import Script
from tests.browser.picture_taking import chat_page, directory_asked_for

QUESTION = "LRUキャッシュをPythonで、テストも付けて"
PYTHON = '''class LruCache[K, V]:
    """最近使われたものを残すキャッシュ。"""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """あれば返し、いちばん新しいものにする。"""
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key]

    def put(self, key: K, value: V) -> None:
        """入れる。あふれたら、いちばん古いものを捨てる。"""
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)
'''
ROWS = "".join(
    f'    ({size}, ["put {key}", "put {other}", "get {key}", "put {last}", "get {other}"], {left!r}),\n'
    for size, (key, other, last), left in (
        (1, "あいう", ["う"]), (2, "あいう", ["あ", "う"]), (3, "あいう", ["あ", "い", "う"]),
        (1, "東西南", ["南"]), (2, "東西南", ["東", "南"]), (3, "東西南", ["東", "西", "南"]),
        (1, "春夏秋", ["秋"]), (2, "春夏秋", ["春", "秋"]), (3, "春夏秋", ["春", "夏", "秋"]),
        (1, "松竹梅", ["梅"]), (2, "松竹梅", ["松", "梅"]), (3, "松竹梅", ["松", "竹", "梅"]),
        (1, "雪月花", ["花"]), (2, "雪月花", ["雪", "花"]), (3, "雪月花", ["雪", "月", "花"]),
        (1, "天地人", ["人"]), (2, "天地人", ["天", "人"]), (3, "天地人", ["天", "地", "人"]),
    )
)  # fmt: skip
TESTS = f"""
CASES = [  # 容量、操作、残るもの
{ROWS}]


@pytest.mark.parametrize(("capacity", "operations", "left"), CASES)
def test_the_least_recently_used_entry_goes_first(capacity, operations, left):
    assert kept_after(LruCache(capacity), operations) == left
"""
ANSWER = (
    "`OrderedDict` の順番をそのまま「新しさ」として使うのが簡単です。\n\n"
    f"```python\nfrom collections import OrderedDict\n\n\n{PYTHON}```\n\n"
    f"**テスト**です。`pytest` でそのまま動きます。\n\n```python{TESTS}```\n\n"
    "- `get` も `put` も1回の操作は平均 **O(1)** です\n- 詳しくは [Pythonの文書](https://docs.python.org/ja/3/library/collections.html)"
)


async def take(directory: Path) -> None:
    """Ask the bot for code, and save the picture of the growing answer."""
    with tempfile.TemporaryDirectory() as data:
        gemini = GeminiStandIn(Path(data), pace=0.02)
        gemini.scripts.rules.append(Script(text=ANSWER))
        gemini.faults.add({"fault": "hang", "after_chunks": 10_000})
        async with chat_page(gemini, height=900) as chat:
            await chat.person_says("はる", f"@Otonari {QUESTION}", "general")
            await expect(chat.page.get_by_text("Pythonの文書")).to_be_visible()
            await chat.page.wait_for_timeout(2000)
            await chat.page.screenshot(path=directory / "chat-code-light.png")


if __name__ == "__main__":
    asyncio.run(take(directory_asked_for()))
