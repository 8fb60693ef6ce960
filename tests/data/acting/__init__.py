"""What was agreed, and how the spend keeps pace with it."""
