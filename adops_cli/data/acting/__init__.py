"""From figures to what to do: budgets and their pace, what has changed, and what has changed it."""
