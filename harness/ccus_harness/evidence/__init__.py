"""The evidence of a run as one file that anybody can judge again: packed, signed, verified."""
