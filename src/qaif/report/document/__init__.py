"""A report as a document: typed sentences with their evidence, in any language that has a catalogue."""
