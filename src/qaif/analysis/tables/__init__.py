"""The chain as tables that analysts read: declared once, computed for the rows and columns that are asked."""
