"""Flows, elasticities and input-output tables; files and builders that end in a `Baseline`."""
