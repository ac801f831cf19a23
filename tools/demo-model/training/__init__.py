"""Code that only training needs: the objective, the optimisers, checkpoints, the log, the store of repeated chunks."""
