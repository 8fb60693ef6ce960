"""Export files into the daily figures: a file is read by `exports`, matched with what is stored, and written."""
