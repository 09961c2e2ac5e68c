"""Claims: what sources say, put together by entity; who says it, resting on whom; where they disagree."""
