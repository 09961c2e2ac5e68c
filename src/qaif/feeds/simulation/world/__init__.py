"""A world of invented owners: an economy whose controllers and beneficiaries are known, as numbers.

`books` keeps coins and writes transactions as numbers; `people`, `services`, `crime` and the mixes are what
its actors do; `scenarios` say how much of each; `run` turns all of it into block files and a truth.
"""
