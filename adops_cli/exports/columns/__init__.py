"""What columns mean: headers, how a platform declares them, and how those of a file are understood."""
