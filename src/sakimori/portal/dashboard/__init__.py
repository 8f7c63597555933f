"""What the management looks at: figures, maps, coverage and what changed since the last look."""
