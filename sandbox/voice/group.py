"""The delivery service of end-to-end encryption (DAVE): who is in a channel's MLS group, epoch by epoch.

https://daveprotocol.com/#group-key-exchange

One thing happens at a time: proposals go out, the first good commit wins, everybody prepares, the transition
is executed; whoever came or went meanwhile is the matter of the next epoch.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sandbox.voice.external_sender import ExternalSender
from sandbox.voice.mls import (
    Commit,
    KeyPackage,
    MlsError,
    proposal_reference,
    read_commit_welcome,
    read_key_package,
    split_welcome,
    vector,
)
from sandbox.voice.opcodes import Opcode

if TYPE_CHECKING:
    from collections.abc import Iterable

TRANSITION_SECONDS = 2.0
"""How long a transition waits for those who are not ready."""
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


@dataclass(frozen=True, slots=True)
class _Member:
    leaf_index: int
    signature_key: bytes


@dataclass(frozen=True, slots=True)
class _Proposal:
    """Adds somebody with a key package, or removes them."""

    user_id: str
    message: bytes
    package: KeyPackage | None

    @property
    def reference(self) -> bytes:
        return proposal_reference(self.message)


@dataclass(slots=True)
class _Transition:
    """A change that everybody is to make at once."""

    id: int
    taking_part: set[str]
    waiting: set[str]
    timer: asyncio.TimerHandle


def _welcomes(welcome: bytes, chosen: list[_Proposal]) -> dict[bytes, bytes]:
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
        self.epoch = 0
        """0 until there is a group."""
        self.members: dict[str, _Member] = {}
        self.refusals: list[str] = []
        """Why commits were not taken, newest last."""
        self.revoked = 0
        """Proposals that were taken back."""
        self._sender = ExternalSender()
        self._peers: dict[str, Peer] = {}
        self._introduced: set[str] = set()
        """Who knows the external sender; it may be told once only."""
        self._packages: dict[str, KeyPackage] = {}
        self._stale: set[str] = set()
        """Members who left, or lost their state: to be removed."""
        self._proposals: list[_Proposal] = []
        self._asked: set[str] = set()
        """Who may commit the proposals."""
        self._transition: _Transition | None = None
        self._last_transition = 0

    @property
    def idle(self) -> bool:
        """Whether nothing is under way: no proposals, no transition."""
        return self._transition is None and not self._proposals

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
            self._stale.add(user_id)
        if self._transition is not None:
            self._transition.taking_part.discard(user_id)
        self._settle(user_id)

    def _reset(self) -> None:
        self.epoch = 0
        self.members.clear()
        self._stale.clear()
        self._packages.clear()
        self._proposals.clear()
        if self._transition is not None:
            self._transition.timer.cancel()
            self._transition = None

    def _introduce(self, peer: Peer) -> None:
        if peer.user_id not in self._introduced:
            self._introduced.add(peer.user_id)
            peer.dispatch_binary(Opcode.EXTERNAL_SENDER, self._sender.package())

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
        healthy = self.members.keys() - self._stale
        if self.epoch and (not healthy or len(self._peers) == 1):
            self._recreate()
            return
        if self._proposals and all(self._moot(proposal) for proposal in self._proposals):
            self._revoke()
        if self._proposals:
            return
        new = [user for user in self._packages if user not in healthy]
        if self.epoch == 0:
            if len(new) > 1:
                self._propose(new, new)
        elif new or self._stale:
            self._propose(sorted(self._stale) + new, healthy)

    def _moot(self, proposal: _Proposal) -> bool:
        """Tell whether a proposal adds somebody who went, or with a key package that is no longer theirs."""
        if proposal.package is None:
            return False
        alone = self.epoch == 0 and not (self._asked & self._peers.keys()) - {proposal.user_id}
        return alone or self._packages.get(proposal.user_id) != proposal.package

    def _propose(self, users: Iterable[str], asked: Iterable[str]) -> None:
        """Propose to remove and to add, in that order where somebody is both."""
        self._asked = set(asked)
        seen: set[str] = set()
        for user in users:
            if user in self._stale and user not in seen:
                message = self._sender.remove(self.id, self.epoch, self.members[user].leaf_index)
                self._proposals.append(_Proposal(user, message, None))
            else:
                package = self._packages[user]
                message = self._sender.add(self.id, self.epoch, package)
                self._proposals.append(_Proposal(user, message, package))
            seen.add(user)
        for user in self._asked & self._peers.keys():
            messages = [one.message for one in self._proposals if self._concerns(user, one)]
            self._peers[user].dispatch_binary(Opcode.PROPOSALS, _APPEND + vector(b"".join(messages)))

    def _concerns(self, user: str, proposal: _Proposal) -> bool:
        """Tell whether somebody may commit a proposal: nobody adds themselves to a group that they make."""
        return bool(self.epoch) or proposal.user_id != user

    def _revoke(self) -> None:
        for user in self._asked & self._peers.keys():
            references = [vector(one.reference) for one in self._proposals if self._concerns(user, one)]
            self._peers[user].dispatch_binary(Opcode.PROPOSALS, _REVOKE + vector(b"".join(references)))
        self.revoked += len(self._proposals)
        self._proposals.clear()

    def take_key_package(self, peer: Peer, message: bytes) -> None:
        """Note with what a client can be added. Raises MlsError for one that is not good, or not its own."""
        package = read_key_package(message)
        if int.from_bytes(package.identity, "big") != int(peer.user_id):
            raise MlsError("the key package of somebody else")
        if self._peers.get(peer.user_id) is peer:
            self._packages[peer.user_id] = package
            self._advance()

    def take_commit(self, peer: Peer, data: bytes) -> None:
        """Take the first good commit of an epoch; others are ignored, as Discord does, and noted."""
        try:
            commit, welcome = read_commit_welcome(data)
            chosen = self._check(peer.user_id, commit)
            welcomes = _welcomes(welcome, chosen)
        except MlsError as error:
            self.refusals.append(f"{peer.user_id}: {error}")
            return
        told = [user for user in self.members if user not in self._stale] if self.epoch else [peer.user_id]
        self._apply(peer.user_id, chosen)
        transition = self._begin((self.members.keys() - self._stale) & self._peers.keys())
        prefix = transition.to_bytes(2, "big")
        for user in told:
            if user in self._peers:
                self._peers[user].dispatch_binary(Opcode.ANNOUNCE_COMMIT_TRANSITION, prefix + commit.raw)
        for one in chosen:
            if one.package and self._packages.get(one.user_id) == one.package:
                del self._packages[one.user_id]
                payload = prefix + welcomes[one.package.reference]
                self._peers[one.user_id].dispatch_binary(Opcode.WELCOME, payload)

    def _check(self, user_id: str, commit: Commit) -> list[_Proposal]:
        """Return the proposals of a commit in its order; raises MlsError for a commit that is not valid.

        https://daveprotocol.com/#voice-gateway-commit-validity
        """
        if (commit.group, commit.epoch) != (self.id, self.epoch):
            raise MlsError(f"of epoch {commit.epoch}, but the group is at {self.epoch}")
        if user_id not in self._asked or not self._proposals:
            raise MlsError("nothing is to be committed")
        expected = {one.reference: one for one in self._proposals if self._concerns(user_id, one)}
        if len(commit.references) != len(expected) or expected.keys() != set(commit.references):
            raise MlsError("not all the proposals, or others")
        own = self.members.get(user_id) if self.epoch else _Member(0, self._packages[user_id].signature_key)
        if own is None or commit.leaf_index != own.leaf_index:
            raise MlsError("not the committer's leaf")
        if commit.path is not None and commit.path.signature_key != own.signature_key:
            raise MlsError("another signature key")
        return [expected[reference] for reference in commit.references]

    def _apply(self, committer: str, chosen: list[_Proposal]) -> None:
        """Go on to the next epoch: removed leaves are free, each new member takes the leftmost free one."""
        if self.epoch == 0:
            self.members[committer] = _Member(0, self._packages.pop(committer).signature_key)
        for one in chosen:
            if one.package is None:
                del self.members[one.user_id]
                self._stale.discard(one.user_id)
        for one in chosen:
            if one.package is not None:
                taken = {member.leaf_index for member in self.members.values()}
                free = next(index for index in range(len(taken) + 1) if index not in taken)
                self.members[one.user_id] = _Member(free, one.package.signature_key)
                if self._packages.get(one.user_id) != one.package:
                    self._stale.add(one.user_id)  # they left meanwhile, or begin again
        self.epoch += 1
        self._proposals.clear()

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
