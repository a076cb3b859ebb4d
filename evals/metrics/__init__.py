"""Metrics, one a file: pure functions of a case and a response that give a number, and what to tell a reader of it."""
