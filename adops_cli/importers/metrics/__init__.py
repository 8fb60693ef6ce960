"""Imports export files into the daily figures: a file is read by `exports`, matched with stored rows and written."""
