"""The instruments: pure measuring tools that the judge points at a candidate.

Each takes plain values and returns plain values; none contacts anything but the files it is told to read.
"""
