"""The chain as columns on disk: index, segments, one manifest, and a read-only, pinned Chain."""
