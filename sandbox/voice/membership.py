"""Who is in an MLS group, by which leaf, and what is proposed to change, as the voice gateway knows it.

https://daveprotocol.com/#delivery-service
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.voice.external_sender import ExternalSender
from sandbox.voice.mls import Commit, KeyPackage, MlsError, proposal_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the group."""

    leaf_index: int
    signature_key: bytes


@dataclass(frozen=True, slots=True)
class Proposal:
    """Adds somebody with a key package, or removes them."""

    user_id: str
    message: bytes
    package: KeyPackage | None

    @property
    def reference(self) -> bytes:
        """Return the hash by which a commit or a revocation names it."""
        return proposal_reference(self.message)


class Membership:
    """The members of one epoch, and the way to the next."""

    def __init__(self, group_id: bytes) -> None:
        self.epoch = 0
        """0 until there is a group."""
        self.members: dict[str, Member] = {}
        self.stale: set[str] = set()
        """Members who left, or lost their state: to be removed."""
        self.proposals: list[Proposal] = []
        self.asked: set[str] = set()
        """Who may commit the proposals."""
        self.sender = ExternalSender()
        self._group_id = group_id

    def reset(self) -> None:
        """Forget the group."""
        self.epoch = 0
        self.members.clear()
        self.stale.clear()
        self.proposals.clear()

    @property
    def healthy(self) -> set[str]:
        """The members who are not to be removed."""
        return self.members.keys() - self.stale

    def propose(self, packages: Mapping[str, KeyPackage], asked: Iterable[str]) -> None:
        """Propose to remove whoever is stale, and to add whoever has a key package."""
        self.asked = set(asked)
        for user in sorted(self.stale):
            message = self.sender.remove(self._group_id, self.epoch, self.members[user].leaf_index)
            self.proposals.append(Proposal(user, message, None))
        for user, package in packages.items():
            message = self.sender.add(self._group_id, self.epoch, package)
            self.proposals.append(Proposal(user, message, package))

    def proposals_for(self, user_id: str) -> list[Proposal]:
        """Return what somebody may commit: nobody adds themselves to a group that they make."""
        return [one for one in self.proposals if self.epoch or one.user_id != user_id]

    def check(self, user_id: str, commit: Commit, packages: Mapping[str, KeyPackage]) -> list[Proposal]:
        """Return the proposals of a commit in its order; raises MlsError for a commit that is not valid.

        https://daveprotocol.com/#voice-gateway-commit-validity
        """
        if (commit.group, commit.epoch) != (self._group_id, self.epoch):
            raise MlsError(f"of epoch {commit.epoch}, but the group is at {self.epoch}")
        if user_id not in self.asked or not self.proposals:
            raise MlsError("nothing is to be committed")
        expected = {one.reference: one for one in self.proposals_for(user_id)}
        if len(commit.references) != len(expected) or expected.keys() != set(commit.references):
            raise MlsError("not all the proposals, or others")
        package = packages.get(user_id)
        own = self.members.get(user_id)
        if self.epoch == 0 and package is not None:
            own = Member(0, package.signature_key)
        if own is None or commit.leaf_index != own.leaf_index:
            raise MlsError("not the committer's leaf")
        if commit.path is not None and commit.path.signature_key != own.signature_key:
            raise MlsError("another signature key")
        return [expected[reference] for reference in commit.references]

    def apply(self, committer: str, chosen: list[Proposal], packages: Mapping[str, KeyPackage]) -> None:
        """Go on to the next epoch: removed leaves are free, each new member takes the leftmost free one."""
        if self.epoch == 0:
            self.members[committer] = Member(0, packages[committer].signature_key)
        for one in chosen:
            if one.package is None:
                del self.members[one.user_id]
                self.stale.discard(one.user_id)
        for one in chosen:
            if one.package is not None:
                taken = {member.leaf_index for member in self.members.values()}
                free = next(index for index in range(len(taken) + 1) if index not in taken)
                self.members[one.user_id] = Member(free, one.package.signature_key)
                if packages.get(one.user_id) != one.package:
                    self.stale.add(one.user_id)  # they left meanwhile, or begin again
        self.epoch += 1
        self.proposals.clear()
