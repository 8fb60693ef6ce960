"""adops keeps an ad-ops team's projects, campaigns and daily campaign figures in one database."""

__version__ = "0.1.0"
