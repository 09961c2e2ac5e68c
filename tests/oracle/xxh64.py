"""XXH64 with seed 0, of whole stripes of 32 bytes; standard library only, written from the specification."""

import struct

WORD = 2**64 - 1
P1, P2, P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
P4 = 0x85EBCA77C2B2AE63


def turn(value: int, bits: int) -> int:
    return (value << bits | value >> 64 - bits) & WORD


def step(lane: int, word: int) -> int:
    return turn((lane + word * P2) & WORD, 31) * P1 & WORD


def xxh64(data: bytes) -> int:
    assert data
    assert len(data) % 32 == 0
    lanes = [(P1 + P2) & WORD, P2, 0, -P1 & WORD]
    for stripe in struct.iter_unpack("<4Q", data):
        lanes = [step(lane, word) for lane, word in zip(lanes, stripe, strict=True)]
    total = sum(turn(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18), strict=True)) & WORD
    for lane in lanes:
        total = ((total ^ step(0, lane)) * P1 + P4) & WORD
    total = (total + len(data)) & WORD
    total = (total ^ total >> 33) * P2 & WORD
    total = (total ^ total >> 29) * P3 & WORD
    return total ^ total >> 32
