"""The delivery service of end-to-end encryption (DAVE): who is in a channel's MLS group, epoch by epoch.

https://daveprotocol.com/#group-key-exchange

One thing happens at a time: proposals go out, the first good commit wins, everybody prepares, the transition
is executed; whoever came or went meanwhile is the matter of the next epoch.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sandbox.voice.membership import Membership
from sandbox.voice.mls import (
    KeyPackage,
    MlsError,
    read_commit_welcome,
    read_key_package,
    split_welcome,
    vector,
)
from sandbox.voice.opcodes import Opcode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sandbox.voice.membership import Member, Proposal

TRANSITION_SECONDS = 2.0
"""How long a transition waits for those who are not ready."""
KEPT_REFUSALS = 50
MARKER = b"\xfa\xfa"
"""At the end of every encrypted frame: https://daveprotocol.com/#magic-marker"""
_APPEND, _REVOKE = b"\0", b"\1"
_IDS = 1 << 16


class Peer(Protocol):
    """A client in the channel, wherever it runs."""

    @property
    def user_id(self) -> str:
        """Whose it is."""
        ...

    @property
    def dave_version(self) -> int:
        """The highest version of DAVE that it speaks, 0 for none."""
        ...

    def dispatch(self, op: Opcode, data: object) -> None:
        """Send it a message."""
        ...

    def dispatch_binary(self, op: Opcode, payload: bytes) -> None:
        """Send it a binary message."""
        ...


@dataclass(slots=True)
class _Transition:
    """A change that everybody is to make at once."""

    id: int
    taking_part: set[str]
    waiting: set[str]
    timer: asyncio.TimerHandle


def _welcomes(welcome: bytes, chosen: list[Proposal]) -> dict[bytes, bytes]:
    """Return the welcomes by key package; raises MlsError unless everybody who is added has one."""
    welcomes = split_welcome(welcome) if welcome else {}
    if any(one.package and one.package.reference not in welcomes for one in chosen):
        raise MlsError("somebody who is added is not welcomed")
    return welcomes


class Group:
    """The MLS group of a channel, as the voice gateway knows it."""

    def __init__(self, channel_id: str) -> None:
        self.id = int(channel_id).to_bytes(8, "big")
        self.version = 0
        """The version of DAVE that is spoken, 0 for none: the highest that everybody has."""
        self.refusals: deque[str] = deque(maxlen=KEPT_REFUSALS)
        """Why commits were not taken, newest last."""
        self.revoked = 0
        """Proposals that were taken back."""
        self._membership = Membership(self.id)
        self._peers: dict[str, Peer] = {}
        self._introduced: set[str] = set()
        """Who knows the external sender; it may be told once only."""
        self._packages: dict[str, KeyPackage] = {}
        self._transition: _Transition | None = None
        self._last_transition = 0

    @property
    def epoch(self) -> int:
        """The number of the group's epoch, 0 until there is a group."""
        return self._membership.epoch

    @property
    def members(self) -> dict[str, Member]:
        """Who is in the group, by user."""
        return self._membership.members

    @property
    def idle(self) -> bool:
        """Whether nothing is under way: no proposals, no transition."""
        return self._transition is None and not self._membership.proposals

    def has(self, peer: Peer) -> bool:
        """Tell whether this very client is in the channel."""
        return self._peers.get(peer.user_id) is peer

    def version_with(self, peer: Peer) -> int:
        """Return the version that is spoken once somebody has joined."""
        return min([peer.dave_version, *(one.dave_version for one in self._peers.values())])

    def join(self, peer: Peer) -> None:
        """Take in a client that has its session description."""
        first = not self._peers
        self._peers[peer.user_id] = peer
        if first:
            self.version = peer.dave_version
        if self.version_with(peer):
            self._introduce(peer)
        self._renegotiate()
        self._advance()

    def leave(self, user_id: str) -> None:
        """Let a client go."""
        self._peers.pop(user_id, None)
        self._introduced.discard(user_id)
        self._forget(user_id)
        if not self._peers:
            self._reset()
        else:
            self._renegotiate()
            self._advance()

    def close(self) -> None:
        """Stop waiting for anybody."""
        self._reset()

    def _forget(self, user_id: str) -> None:
        self._packages.pop(user_id, None)
        if user_id in self.members:
            self._membership.stale.add(user_id)
        if self._transition is not None:
            self._transition.taking_part.discard(user_id)
        self._settle(user_id)

    def _reset(self) -> None:
        self._membership.reset()
        self._packages.clear()
        if self._transition is not None:
            self._transition.timer.cancel()
            self._transition = None

    def _introduce(self, peer: Peer) -> None:
        if peer.user_id not in self._introduced:
            self._introduced.add(peer.user_id)
            peer.dispatch_binary(Opcode.EXTERNAL_SENDER, self._membership.sender.package())

    def _renegotiate(self) -> None:
        """Upgrade or downgrade where those who are here now ask for it."""
        version = min(peer.dave_version for peer in self._peers.values())
        if version == self.version:
            return
        self.version = version
        if version:
            self._recreate()
        else:
            self._downgrade()

    def _downgrade(self) -> None:
        self._reset()
        able = [peer for peer in self._peers.values() if peer.dave_version]
        if able:
            transition = self._begin({peer.user_id for peer in able})
            for peer in able:
                data = {"protocol_version": 0, "transition_id": transition}
                peer.dispatch(Opcode.PREPARE_TRANSITION, data)

    def _recreate(self) -> None:
        """Begin a new group: everybody forgets the old one, and sends a key package.

        https://daveprotocol.com/#sole-member-reset
        """
        self._reset()
        for peer in self._peers.values():
            data = {"protocol_version": self.version, "epoch": 1, "transition_id": 0}
            peer.dispatch(Opcode.PREPARE_EPOCH, data)
            self._introduce(peer)
        if len(self._peers) == 1:
            for peer in self._peers.values():
                data = {"protocol_version": self.version, "transition_id": 0}
                peer.dispatch(Opcode.PREPARE_TRANSITION, data)

    def _advance(self) -> None:
        """Propose what has to change, unless something is under way."""
        if not self.version or self._transition is not None:
            return
        healthy, proposals = self._membership.healthy, self._membership.proposals
        if self.epoch and (not healthy or len(self._peers) == 1):
            self._recreate()
            return
        if proposals and all(self._moot(proposal) for proposal in proposals):
            self._revoke()
        if proposals:
            return
        new = [user for user in self._packages if user not in healthy]
        if self.epoch == 0:
            if len(new) > 1:
                self._propose(new, new)
        elif new or self._membership.stale:
            self._propose(new, healthy)

    def _moot(self, proposal: Proposal) -> bool:
        """Tell whether a proposal adds somebody who went, or with a key package that is no longer theirs."""
        if proposal.package is None:
            return False
        alone = self.epoch == 0 and not (self._membership.asked & self._peers.keys()) - {proposal.user_id}
        return alone or self._packages.get(proposal.user_id) != proposal.package

    def _propose(self, users: Iterable[str], asked: Iterable[str]) -> None:
        self._membership.propose({user: self._packages[user] for user in users}, asked)
        self._send_proposals(_APPEND, lambda proposal: proposal.message)

    def _revoke(self) -> None:
        self._send_proposals(_REVOKE, lambda proposal: vector(proposal.reference))
        self.revoked += len(self._membership.proposals)
        self._membership.proposals.clear()

    def _send_proposals(self, operation: bytes, of: Callable[[Proposal], bytes]) -> None:
        for user in self._membership.asked & self._peers.keys():
            listed = b"".join(of(proposal) for proposal in self._membership.proposals_for(user))
            self._peers[user].dispatch_binary(Opcode.PROPOSALS, operation + vector(listed))

    def take_key_package(self, peer: Peer, message: bytes) -> None:
        """Note with what a client can be added. Raises MlsError for one that is not good, or not its own."""
        package = read_key_package(message)
        if int.from_bytes(package.identity, "big") != int(peer.user_id):
            raise MlsError("the key package of somebody else")
        self._packages[peer.user_id] = package
        self._advance()

    def take_commit(self, peer: Peer, data: bytes) -> None:
        """Take the first good commit of an epoch; others are ignored, as Discord does, and noted."""
        try:
            commit, welcome = read_commit_welcome(data)
            chosen = self._membership.check(peer.user_id, commit, self._packages)
            welcomes = _welcomes(welcome, chosen)
        except MlsError as error:
            self.refusals.append(f"{peer.user_id}: {error}")
            return
        told = self._membership.healthy or {peer.user_id}
        self._membership.apply(peer.user_id, chosen, self._packages)
        if self.epoch == 1:
            del self._packages[peer.user_id]  # by which the group was made
        transition = self._begin(self._membership.healthy & self._peers.keys())
        prefix = transition.to_bytes(2, "big")
        for user in told & self._peers.keys():
            self._peers[user].dispatch_binary(Opcode.ANNOUNCE_COMMIT_TRANSITION, prefix + commit.raw)
        for one in chosen:
            if one.package and self._packages.get(one.user_id) == one.package:
                del self._packages[one.user_id]
                payload = prefix + welcomes[one.package.reference]
                self._peers[one.user_id].dispatch_binary(Opcode.WELCOME, payload)

    def _begin(self, taking_part: set[str]) -> int:
        """Begin a transition; returns its id, which is never 0."""
        self._last_transition = self._last_transition % (_IDS - 1) + 1
        timer = asyncio.get_running_loop().call_later(TRANSITION_SECONDS, self._execute)
        self._transition = _Transition(self._last_transition, taking_part, set(taking_part), timer)
        return self._last_transition

    def ready(self, peer: Peer, transition_id: int) -> None:
        """Note that a client is ready for a transition, which is executed when all are."""
        if self._transition is not None and self._transition.id == transition_id:
            self._settle(peer.user_id)

    def _settle(self, user_id: str) -> None:
        if self._transition is not None:
            self._transition.waiting.discard(user_id)
            if not self._transition.waiting:
                self._execute()

    def _execute(self) -> None:
        transition, self._transition = self._transition, None
        if transition is None:
            return
        transition.timer.cancel()
        for user in transition.taking_part & self._peers.keys():
            self._peers[user].dispatch(Opcode.EXECUTE_TRANSITION, {"transition_id": transition.id})
        self._advance()

    def invalid(self, peer: Peer) -> None:
        """Take a client for one that has to be removed and added again: it could not follow a commit."""
        self._forget(peer.user_id)
        self._advance()
