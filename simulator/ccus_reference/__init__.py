"""A small certified system that keeps the joint-use agreement; it knows CCUS only over HTTP."""

VERSION = "1.0.0"
BUILD = "reference-1.0.0"
