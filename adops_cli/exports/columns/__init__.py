"""What columns mean: headers, how a platform declares them, what a file's were understood as."""
