"""The tree's arithmetic beside RFC 6962 written out again, and beside Certificate Transparency's vectors."""

from random import Random

import pytest

from oracle import merkle_log as slow
from qaif.records.merkle_log import (
    EMPTY,
    Growing,
    consistency,
    folded,
    inclusion,
    is_consistent,
    is_included,
    leaf_hash,
    range_hash,
)

# Of certificate-transparency-go, merkletree/merkle_tree_test.go: eight leaves, and the root after each.
CT_LEAVES = [
    bytes.fromhex(each)
    for each in (
        *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
SIZES = (1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 64, 65)


class Leaves:
    """Perfect subtrees over leaves in memory."""

    def __init__(self, size: int) -> None:
        self.plain = [f"leaf {n}".encode() for n in range(size)]
        self.hashes = [leaf_hash(each) for each in self.plain]

    def perfect(self, level: int, place: int) -> bytes:
        first = place << level
        assert first + (1 << level) <= len(self.plain)
        return folded(self.hashes[first : first + (1 << level)])

    def root(self, size: int) -> bytes:
        return range_hash(self.perfect, 0, size)


def test_the_vectors_of_certificate_transparency() -> None:
    tree = Growing()
    assert tree.root() == EMPTY == slow.root([])
    for leaf, root in zip(CT_LEAVES, CT_ROOTS, strict=True):
        tree.add(leaf_hash(leaf))
        assert tree.root().hex() == root


@pytest.mark.parametrize("size", SIZES)
def test_roots_and_proofs_are_those_of_the_text(size: int) -> None:
    leaves = Leaves(size)
    assert leaves.root(size) == slow.root(leaves.plain)
    for at in range(size):
        proof = inclusion(leaves.perfect, at, size)
        assert list(proof) == slow.path(at, leaves.plain)
        assert is_included(leaves.hashes[at], at, size, proof, leaves.root(size))
    for old in range(1, size + 1):
        between = consistency(leaves.perfect, old, size)
        assert list(between) == slow.proof(old, leaves.plain)
        assert is_consistent(old, leaves.root(old), size, leaves.root(size), between)


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_of_something_else_is_none(size: int) -> None:
    leaves, chance = Leaves(size), Random(size)  # noqa: S311  a test's dice
    root = leaves.root(size)
    for at in range(size):
        proof, leaf = inclusion(leaves.perfect, at, size), leaves.hashes[at]
        for wrong in wrong_proofs(proof, chance):
            assert not is_included(leaf, at, size, wrong, root)
        assert not is_included(leaf_hash(b"another"), at, size, proof, root)
        assert not is_included(leaf, at, size, proof, leaf_hash(b"another root"))
        assert not any(
            is_included(leaf, each, size, proof, root) for each in range(-1, size + 2) if each != at
        )


@pytest.mark.parametrize("size", SIZES[1:])
def test_a_log_that_was_rewritten_is_consistent_with_nothing(size: int) -> None:
    leaves, chance = Leaves(size), Random(size)  # noqa: S311  a test's dice
    root = leaves.root(size)
    for old in range(1, size):
        proof, before = consistency(leaves.perfect, old, size), leaves.root(old)
        for wrong in wrong_proofs(proof, chance):
            assert not is_consistent(old, before, size, root, wrong)
        assert not is_consistent(old, leaf_hash(b"x"), size, root, proof)
        assert not is_consistent(old, before, size, leaf_hash(b"x"), proof)
    assert not is_consistent(0, EMPTY, size, root, ())
    assert not is_consistent(size + 1, root, size, root, ())
    assert not is_consistent(size, leaf_hash(b"x"), size, root, ())


def wrong_proofs(proof: tuple[bytes, ...], chance: Random) -> list[tuple[bytes, ...]]:
    longer = (*proof, chance.randbytes(32))
    if not proof:
        return [longer]
    at = chance.randrange(len(proof))
    changed = (*proof[:at], chance.randbytes(32), *proof[at + 1 :])
    return [longer, changed, proof[:-1], proof[1:]]
