"""Links by which a person would have Lavalink fetch what only its own network may: none reaches a node."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest
import wavelink
from hypothesis import given
from hypothesis import strategies as st

from bot.lavalink import Requester
from bot.lavalink.errors import NothingFoundError, UnknownHostError
from bot.lavalink.tracks import URL_LIMIT, search
from bot.music_hosts import SERVICES, may_load

HARU = Requester(1, "haru")
INTO_THE_NETWORK = [
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:2333/v4/info",
    "http://localhost/",
    "http://localhost.localdomain/",
    "http://[::1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://172.16.0.1:8080/",
    "http://0.0.0.0/",
    "http://0/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://metadata.google.internal/",
    "http://example.org/a.mp3",
    "https://youtube.com@169.254.169.254/",
    "https://youtube.com:pw@169.254.169.254/",
    "https://169.254.169.254\\@youtube.com/",
    "https://youtube.com\\@169.254.169.254/",
    "https://169.254.169.254#youtube.com/",
    "https://169.254.169.254?youtube.com/",
    "https://youtube.com.169.254.169.254.nip.io/",
    "https://notyoutube.com/",
    "https://youtube.com.evil.example/",
    "https://evil.example/youtube.com/",
    "https://youtube.com:22/",
    "https://youtube.com:2333/",
    "https://youtube.com./",
    "https://ｙoutube.com/",
    "https://youtube。com/",
    "https://169。254。169。254/",
    "https://yоutube.com/",
    "https:///youtube.com/",
    "https://",
    "HTTP://127.0.0.1/",
    "https://youtube.com /",
    "https://127.0.0.1\t.youtube.com/",
    "https://127.0.0.1%2eyoutube.com/",
    "https://127.0.0.1/".ljust(URL_LIMIT + 1, "x"),
]


class Node(wavelink.Node):
    """A node that finds nothing, and notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def _fetch_tracks(self, query: str) -> object:
        self.asked.append(unquote(query))
        return {"loadType": "empty", "data": None}


async def refusal(query: str, node: Node) -> str:
    with pytest.raises(UnknownHostError) as caught:
        await search(query, HARU, node)
    return str(caught.value)


async def test_no_address_of_a_network_is_passed_on_and_each_has_the_same_answer() -> None:
    node = Node()
    answers = {
        await refusal(written.format(link), node)
        for link in INTO_THE_NETWORK
        for written in ("{}", "<{}>", " {}")
    }

    assert len(answers) == 1
    assert node.asked == []


@pytest.mark.parametrize(
    "query",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "C:\\a.mp3",
        "ytsearch:http://127.0.0.1/",
        "gopher://127.0.0.1/",
        "//127.0.0.1/",
        "http:/127.0.0.1/",
        "http:127.0.0.1",
    ],
)
async def test_what_is_no_link_is_only_ever_a_search_for_words(query: str) -> None:
    node = Node()
    with pytest.raises(NothingFoundError):
        await search(query, HARU, node)

    assert node.asked
    assert all(asked.startswith(("ytmsearch:", "ytsearch:", "scsearch:")) for asked in node.asked)


async def test_the_title_of_a_song_leads_no_further_than_what_people_write() -> None:
    """Autoplay looks songs up by title and author: a title is somebody's text, too."""
    node = Node()
    await refusal("http://169.254.169.254/ somebody", node)

    assert node.asked == []


@pytest.mark.parametrize("host", sorted(SERVICES))
def test_links_of_music_services_are_passed_on(host: str) -> None:
    for link in (
        f"https://{host}/a?b=c#d",
        f"http://www.{host}/",
        f"HTTPS://{host.upper()}:443/x",
        f"https://{host}",
    ):
        assert may_load(link), link


def test_hosts_of_the_owner_are_passed_on_with_the_ports_that_are_named() -> None:
    hosts = ("radio.example.org", "*.cdn.example.org", "192.0.2.7:8000", "[2001:db8::1]:8000")
    for link in (
        "https://radio.example.org/live",
        "http://radio.example.org:80/live",
        "https://a.b.cdn.example.org/x.mp3",
        "http://192.0.2.7:8000/",
        "http://[2001:DB8::1]:8000/",
    ):
        assert may_load(link, hosts), link
    for link in (
        "https://radio.example.org:8000/",
        "https://x.radio.example.org/",
        "https://cdn.example.org/",
        "https://evilcdn.example.org/",
        "http://192.0.2.7/",
        "http://192.0.2.7:8001/",
        "http://[2001:db8::1]/",
    ):
        assert not may_load(link, hosts), link


@given(
    st.text(max_size=30),
    st.sampled_from(["@", "\\", "\\@", "#@", "?@", "/@", ":80@", "%40", "。", "\t"]),
)
def test_whatever_stands_between_never_makes_another_host_of_a_service(junk: str, between: str) -> None:
    for link in (
        f"https://169.254.169.254{between}{junk}youtube.com/",
        f"https://{junk}{between}169.254.169.254/",
    ):
        assert not may_load(link) or link.startswith("https://youtube.com/"), json.dumps(link)
