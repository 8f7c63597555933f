"""The demonstration company: one year of life, told through the product's own rules only."""
