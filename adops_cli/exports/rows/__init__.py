"""Reads rows into days of campaigns, once the meaning of their columns is known."""
