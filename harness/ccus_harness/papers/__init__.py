"""The papers of a Japanese certification."""
