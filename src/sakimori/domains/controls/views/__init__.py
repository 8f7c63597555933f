"""Pages of standards, controls and statements that no generic page covers."""
