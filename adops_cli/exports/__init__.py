"""Export files of the ad platforms, read: rows in whatever form become days of campaigns. Knows no database."""
