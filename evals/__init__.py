"""Measurements of askms. Imports only its public names."""
