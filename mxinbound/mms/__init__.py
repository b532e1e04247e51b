"""The contents of an MMS."""
