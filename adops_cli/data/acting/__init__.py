"""From figures to what to do: budgets, and how the spend keeps pace with them."""
