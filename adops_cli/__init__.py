"""adops: the book an ad-ops team keeps of its projects, workflow runs, events, campaigns and daily campaign figures."""

__version__ = "0.1.0"
