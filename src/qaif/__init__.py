"""Qaif: Bitcoin intelligence that explains every answer and runs offline on one machine."""
