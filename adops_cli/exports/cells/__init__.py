"""What one cell says: numbers, dates, currencies. Knows neither columns nor platforms."""
