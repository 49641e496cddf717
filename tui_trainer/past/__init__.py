"""Going back: copies of the training state, and recomputation between them. The engine knows nothing of it."""
