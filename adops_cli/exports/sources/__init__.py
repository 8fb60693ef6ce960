"""Files as they come (archives, encodings, delimited text, workbooks, JSON), read into tables of cells."""
