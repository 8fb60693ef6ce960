"""Imports files from elsewhere into the tables. Nothing here prints, and nothing here knows the command line."""
