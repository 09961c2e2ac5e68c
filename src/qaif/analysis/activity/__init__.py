"""Did activity change: series by period, tests whose error is counted, and what they add up to."""
