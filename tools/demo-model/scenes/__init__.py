"""Rendered scenes with questions and answers in English and Chinese: what the built-in model is trained on and held to."""
