"""The version of the program. Apart, so that asking for it brings nothing else along."""

__version__ = "0.1.0"
