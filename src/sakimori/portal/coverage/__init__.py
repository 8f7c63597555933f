"""Was it done, by whom, show me: articles, duties, controls and departments over the months of a year."""
