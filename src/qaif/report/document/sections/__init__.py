"""The sections of a case report, one file a family; `listed.py` says which there are, in order."""
