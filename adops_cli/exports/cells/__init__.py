"""What one cell means: numbers, dates, currencies. Knows neither columns nor platforms."""
