"""Files from elsewhere, read and put into the tables. Nothing here prints, and nothing here knows the command line."""
