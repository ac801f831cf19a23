"""Rendered scenes with questions and answers in English and Chinese, for training and testing the built-in model."""
