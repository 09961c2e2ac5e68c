"""What sources claim: documents, what was found in them, and (later) statements, lists, designations."""
