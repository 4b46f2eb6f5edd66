from __future__ import annotations

import pytest

from audio_node.errors import SourceUnavailableError
from audio_node.sources.reach import Host, host_of, is_named, named_hosts_only, public_addresses_only

PRIVATE = (
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *(
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
    ),
    *(
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::",
    ),
)
PUBLIC = ("8.8.8.8", "142.250.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_inside_a_network_is_public(address: str) -> None:
    with pytest.raises(SourceUnavailableError):
        public_addresses_only("https://innocent.example/", address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_on_the_internet_is_public(address: str) -> None:
    public_addresses_only("https://music.example/", None)
    public_addresses_only("https://music.example/", address)


def test_only_what_the_owner_named_is_fetched_wherever_it_is() -> None:
    check = named_hosts_only(["music.example", "192.168.1.5:8000"])
    check("https://music.example/a.mp3", "10.0.0.1")
    check("http://192.168.1.5:8000/a.mp3", None)
    for url in (
        "http://192.168.1.5/a.mp3",
        "https://elsewhere.example/",
        "file:///etc/passwd",
        "https://x@music.example/",
    ):
        with pytest.raises(SourceUnavailableError):
            check(url, None)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.org/a?b#c", Host("example.org", 443)),
        ("http://[::1]:8080/", Host("::1", 8080)),
        ("http://a.example:80", Host("a.example", 80)),
        ("https://music.example@evil.example/", None),
        ("https://user:password@a.example/", None),
        ("ftp://a.example/", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("http://a.example:99999/", None),
        ("http://[::1/", None),
        ("a.example/song.mp3", None),
    ],
)
def test_only_plain_links_have_a_host(url: str, host: Host | None) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("name", "host", "is_it"),
    [
        ("a.example", Host("a.example", 443), True),
        ("A.example", Host("a.example", 80), True),
        ("a.example", Host("a.example", 8080), False),
        ("a.example:8080", Host("a.example", 8080), True),
        ("a.example:8080", Host("a.example", 443), False),
        ("*.a.example", Host("b.a.example", 443), True),
        ("*.a.example", Host("a.example", 443), False),
        ("*.a.example", Host("ba.example", 443), False),
        ("a.example", Host("b.a.example", 443), False),
        ("[::1]:8080", Host("::1", 8080), True),
    ],
)
def test_a_name_stands_for_its_host_alone(name: str, host: Host, is_it: bool) -> None:
    assert is_named(host, [name]) is is_it
