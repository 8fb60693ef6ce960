"""The export files of the ad platforms, read into the daily figures of campaigns. Writes to no database of ours."""
