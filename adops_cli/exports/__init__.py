"""Reads export files of the ad platforms: rows in any layout become days of campaigns. Knows no database."""
