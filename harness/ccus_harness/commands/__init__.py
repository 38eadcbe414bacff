"""The commands of the command line, a module for each group; `ccus_harness.cli` puts them together."""
