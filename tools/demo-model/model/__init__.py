"""Qwen3-VL-MoE in plain PyTorch, for training: small files, the names of the checkpoint, no dependency but torch."""
