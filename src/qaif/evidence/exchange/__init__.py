"""Claims in the formats of others: TagPacks, FollowTheMoney JSON, MISP, STIX; read and written."""
