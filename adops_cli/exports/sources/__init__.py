"""Reads files in any form (archives, encodings, delimited text, workbooks, JSON) into tables of cells."""
