"""The requirement catalogue against what the product declares: computed from the registries, never typed."""
