"""Pages of risk management that no generic page covers."""
