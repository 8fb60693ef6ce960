"""Rows read into days of campaigns, once it is known what their columns mean."""
