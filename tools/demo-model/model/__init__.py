"""Qwen3-VL-MoE in plain PyTorch, for training: small files, the checkpoint's names, and no dependency except torch."""
