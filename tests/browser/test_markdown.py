"""The page's markdown: every element of Discord's, and nothing else."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

NAMES = """{
  me: "1",
  user: (id) => ({ 1: "あなた", 2: "はる" })[id],
  role: (id) => (id === "5" ? { name: "常連", color: 0xff0000 } : undefined),
  channel: (id) => (id === "7" ? "general" : undefined),
  openChannel: () => undefined,
  openCommand: () => undefined,
}"""
RENDER = f"""async (sources) => {{
  const {{ markdown }} = await import("/static/markdown/render.js");
  return sources.map((source) => markdown(source, {NAMES}).innerHTML);
}}"""
SURVEY = f"""async (sources) => {{
  const {{ markdown }} = await import("/static/markdown/render.js");
  const found = {{ tags: new Set(), attributes: new Set(), protocols: new Set() }};
  for (const source of sources) {{
    for (const element of markdown(source, {NAMES}).querySelectorAll("*")) {{
      found.tags.add(element.localName);
      for (const {{ name }} of element.attributes) found.attributes.add(name);
      if (element.href) found.protocols.add(new URL(element.href).protocol);
    }}
  }}
  return Object.fromEntries(Object.entries(found).map(([key, values]) => [key, [...values]]));
}}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page that can import the modules; one for all of these tests."""
    from sandbox.discord.stand_in import DiscordStandIn  # noqa: PLC0415 - only where a browser is

    discord = DiscordStandIn(None)
    await discord.start()
    context = await browser.new_context(locale="en-GB", timezone_id="Asia/Tokyo")
    opened = await context.new_page()
    await opened.goto(discord.url)
    yield opened
    await context.close()
    await discord.close()


async def render(page: Page, source: str) -> str:
    return (await page.evaluate(RENDER, [source]))[0]


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**bold**", "<strong>bold</strong>"),
        ("*italic* and _italic_", "<em>italic</em> and <em>italic</em>"),
        ("__under__", "<u>under</u>"),
        ("~~gone~~", "<s>gone</s>"),
        ("***both***", "<strong><em>both</em></strong>"),
        ("__**nested *deep***__", "<u><strong>nested <em>deep</em></strong></u>"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        (r"\*plain\*", "*plain*"),
        (r"¯\_(ツ)_/¯", r"¯\_(ツ)_/¯"),
        ("日本語の**強調**です", "日本語の<strong>強調</strong>です"),
        ("`a * b`", '<code class="inline-code">a * b</code>'),
        ("``a ` b``", '<code class="inline-code">a ` b</code>'),
        ("**open `**` code**", '<strong>open <code class="inline-code">**</code> code</strong>'),
        ("# One", '<h3 class="heading-1">One</h3>'),
        ("## Two\nafter", '<h4 class="heading-2">Two</h4>after'),
        ("### Three", '<h5 class="heading-3">Three</h5>'),
        ("#hashtag", "#hashtag"),
        ("-# small", '<small class="subtext">small</small>'),
        ("> one\n> two\nafter", "<blockquote>one\ntwo</blockquote>after"),
        (">>> all\nof it", "<blockquote>all\nof it</blockquote>"),
        ("a > b", "a &gt; b"),
        ("- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("1. a\n   - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("text\n\n- a", "text\n<ul><li>a</li></ul>"),
        ("@everyone", '<span class="mention">@everyone</span>'),
        ("<@9>", '<span class="mention" data-user="9">@unknown user</span>'),
        ("<@2>", '<span class="mention" data-user="2">@はる</span>'),
        ("<@!1>", '<span class="mention mine" data-user="1">@あなた</span>'),
        ("<#7>", '<button type="button" class="mention">#general</button>'),
        ("</play:3>", '<button type="button" class="mention">/play</button>'),
        ("<:neko:12>", '<span class="custom-emoji" title=":neko:">:neko:</span>'),
        ("<b>", "&lt;b&gt;"),
    ],
)
async def test_an_element_is_rendered_as_discord_does(page: Page, source: str, html: str) -> None:
    assert await render(page, source) == html


@pytest.mark.parametrize(
    ("source", "text", "href"),
    [
        ("see https://example.com/a?b=1.", "https://example.com/a?b=1", "https://example.com/a?b=1"),
        ("(https://example.com/x)", "https://example.com/x", "https://example.com/x"),
        ("https://ja.example.org/wiki/音楽_(曲)。", "https://ja.example.org/wiki/音楽_(曲)", None),
        ("<https://example.com>", "https://example.com", "https://example.com/"),
        ("[お隣](https://example.com/next)", "お隣", "https://example.com/next"),
        ('[a **b**](https://example.com "title")', "a b", "https://example.com/"),
    ],
)
async def test_an_address_becomes_a_link_that_leaves_the_page(
    page: Page, source: str, text: str, href: str | None
) -> None:
    link: dict[str, Any] = await page.evaluate(
        f"""async (source) => {{
          const {{ markdown }} = await import("/static/markdown/render.js");
          const {{ textContent, href, target, rel }} = markdown(source, {NAMES}).querySelector("a");
          return {{ textContent, href, target, rel }};
        }}""",
        source,
    )
    assert link["textContent"] == text
    assert href is None or link["href"] == href
    assert link["target"] == "_blank"
    assert {"noopener", "noreferrer"} <= set(link["rel"].split())


@pytest.mark.parametrize(
    "source",
    ["[x](javascript:alert(1))", "[x](data:text/html,hi)", "javascript:alert(1)", "[x](vbscript:a)"],
)
async def test_an_address_of_another_kind_stays_text(page: Page, source: str) -> None:
    assert await render(page, source) == source


async def test_a_fence_shows_its_language_and_its_code(page: Page) -> None:
    html = await render(page, 'before\n```python\nprint("a<b")  # hi\n```after')
    assert html.startswith('before<figure class="fence">')
    assert '<span class="language">python</span>' in html
    assert '<span class="token-call">print</span>(<span class="token-string">"a&lt;b"</span>)' in html
    assert '<span class="token-comment"># hi</span>' in html
    assert html.endswith("</figure>after")


async def test_a_fence_keeps_markdown_and_blank_lines_as_they_are(page: Page) -> None:
    html = await render(page, "```\n**a**\n\n    <@1>\n```")
    assert "<code>**a**\n\n    &lt;@1&gt;</code>" in html


async def test_a_role_is_mentioned_in_its_colour(page: Page) -> None:
    assert await render(page, "<@&5>") == '<span class="mention role" style="--role: #ff0000;">@常連</span>'


async def test_a_timestamp_is_told_in_the_visitors_language(page: Page) -> None:
    html = await render(page, "<t:1785500000:F>")
    assert 'datetime="2026-07-31T12:13:20.000Z"' in html
    assert "Friday" in html
    assert "July 2026" in html


async def test_a_relative_timestamp_counts(page: Page) -> None:
    now = await page.evaluate("Math.round(Date.now() / 1000)")
    assert ">in 2 hours</time>" in await render(page, f"<t:{now + 7260}:R>")


async def test_a_spoiler_is_revealed_by_the_keyboard(page: Page) -> None:
    state = await page.evaluate(
        f"""async () => {{
          const {{ markdown }} = await import("/static/markdown/render.js");
          const spoiler = markdown("||秘密||", {NAMES}).querySelector(".spoiler");
          const before = spoiler.classList.contains("revealed");
          spoiler.dispatchEvent(new KeyboardEvent("keydown", {{ key: "Enter" }}));
          return [before, spoiler.classList.contains("revealed"), spoiler.textContent];
        }}"""
    )
    assert state == [False, True, "秘密"]


async def test_only_emoji_are_shown_large(page: Page) -> None:
    large = await page.evaluate(
        f"""async (sources) => {{
          const {{ markdown }} = await import("/static/markdown/render.js");
          return sources.map((source) => markdown(source, {NAMES}).classList.contains("jumbo"));
        }}""",
        ["🎉🎵", "👩‍👩‍👧 ❤️", "🎉 a", "123", ""],
    )
    assert large == [True, True, False, False, False]


PIECES = [
    *(
        "*",
        "**",
        "_",
        "__",
        "~~",
        "||",
        "`",
        "```",
        "```py\n",
        "\n",
        "\\",
        "> ",
        ">>> ",
        "# ",
        "-# ",
        "- ",
        "1. ",
    ),
    *(
        "[",
        "](",
        ")",
        "<",
        ">",
        "<@1>",
        "<#7>",
        "<t:1:R>",
        "<t:9999999999999>",
        "<a:b:1>",
        "https://a.example/",
    ),
    *(
        "javascript:alert(1)",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "&lt;",
        "'",
        '"',
        "夜 a",
    ),
]
ALLOWED_TAGS = {
    *(
        "a",
        "blockquote",
        "button",
        "code",
        "em",
        "figcaption",
        "figure",
        "h3",
        "h4",
        "h5",
        "li",
        "ol",
        "path",
        "pre",
    ),
    *("s", "small", "span", "strong", "svg", "time", "u", "ul"),
}
ALLOWED_ATTRIBUTES = {
    *(
        "aria-expanded",
        "aria-hidden",
        "aria-label",
        "class",
        "d",
        "data-relative",
        "data-user",
        "datetime",
        "href",
    ),
    *("rel", "role", "start", "tabindex", "target", "title", "type", "viewBox"),
}
MARKS = ["*", "_", "**a", "~~", "||", "`", "[", "[a](", "> ", "```", "- \n", "*_~~||", "<@", "\\"]


@pytest.mark.parametrize("seed", range(4))
async def test_no_text_makes_an_element_that_markdown_does_not_know(page: Page, seed: int) -> None:
    dice = random.Random(seed)
    sources = ["".join(dice.choices(PIECES, k=dice.randint(1, 40))) for _ in range(500)]
    found = await page.evaluate(SURVEY, sources)
    assert set(found["tags"]) <= ALLOWED_TAGS
    assert set(found["attributes"]) <= ALLOWED_ATTRIBUTES
    assert set(found["protocols"]) <= {"http:", "https:"}


@pytest.mark.parametrize("piece", MARKS)
async def test_a_long_row_of_marks_is_rendered(page: Page, piece: str) -> None:
    assert await render(page, (piece * 4000)[:4000])
