"""The tables that hold sums of the daily figures: how they are written, brought up to date and built anew.

Migration 007 makes them, with the triggers that keep a wrong sum from being read. Reports choose between them and the
daily rows in `data.report_parts`.
"""
