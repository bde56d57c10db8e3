"""Figures that the project promises; `make bench` prints them."""
