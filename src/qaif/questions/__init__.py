"""What one can ask; plain frozen dataclasses back, each in one envelope."""
