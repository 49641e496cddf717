"""Going back in time: copies of the training state, and recomputation between them. The engine does not know it."""
