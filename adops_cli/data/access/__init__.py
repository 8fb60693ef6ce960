"""What all tables have in common: how rows are read, filtered, checked and written. Knows no entity."""
