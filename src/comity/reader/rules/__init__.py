"""The rules: each module's `propose` reads a marked text and proposes entries of its types."""
