"""The whole model with the checkpoint's tensor names: model.visual.*, model.language_model.*, lm_head.*."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.config import ModelConfig
from model.decoder import Decoder
from model.experts import Experts, Router, grouped_works
from model.vision import VisionEncoder, depth_scale, position_waves


class Body(nn.Module):
    def __init__(self, config: ModelConfig):
        super().__init__()
        self.visual, self.language_model = VisionEncoder(config), Decoder(config.text)


class Qwen3VL(nn.Module):
    def __init__(self, config: ModelConfig):
        super().__init__()
        self.config = config
        self.model = Body(config)
        self.lm_head = nn.Linear(config.text.hidden, config.text.vocabulary, bias=False)
        self.apply(self._initialise)
        table = self.model.visual.pos_embed.weight
        table.data.copy_(0.5 * position_waves(config.vision.position_side, config.vision.hidden))
        for block in self.model.visual.blocks:
            for layer in (block.attn.proj, block.mlp.linear_fc2):
                nn.init.normal_(layer.weight, std=depth_scale(config.vision.depth))
        for layer in self.model.language_model.layers:
            nn.init.normal_(layer.self_attn.o_proj.weight, std=depth_scale(config.text.layers))
            nn.init.normal_(layer.mlp.experts.down_proj, std=depth_scale(config.text.layers) * 2)

    @staticmethod
    def _initialise(module: nn.Module) -> None:
        """Narrow layers need more than the usual 0.02: 1/√in preserves the scale of the activations."""
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=module.in_features ** -0.5)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.05)
        elif isinstance(module, Experts):
            nn.init.normal_(module.gate_up_proj, std=module.gate_up_proj.shape[1] ** -0.5)
        elif isinstance(module, Router):
            nn.init.normal_(module.weight, std=0.02)

    def use_fastest_experts(self, device: torch.device) -> bool:
        """Turns on the grouped kernel if it works; returns whether it does."""
        works = grouped_works(device)
        for module in self.modules():
            if isinstance(module, Experts):
                module.grouped = works
        return works

    def see(self, batch: dict) -> tuple[Tensor | None, list[Tensor]]:
        """V and the DeepStack features of the pictures in a batch (batch.py); None and [] if it has no pictures."""
        if len(batch['taps'][0]) == 0:
            return None, []
        # A byte becomes (b − 127.5) / 127.5, as in the checkpoint's processor.
        stills = batch['stills'].float().sub(127.5).div(127.5)
        pairs = batch['pairs'].float().sub(127.5).div(127.5)
        return self.model.visual(stills, pairs, batch['taps'], batch['tap_weights'], batch['angles'], batch['segments'])

    def forward(self, batch: dict) -> dict[str, Any]:
        """batch: see batch.py. Returns logits at the answers (A, vocabulary), seen(), balance, shares, and for the
        training objective the attention mask and each layer's queries, keys and states."""
        visual, deepstack = self.see(batch)
        mask = block_mask(batch['turns'])
        if self.training and mask.device.type == 'cpu':
            kind = torch.get_autocast_dtype('cpu') if torch.is_autocast_enabled('cpu') else torch.float32
            mask = torch.zeros(mask.shape, dtype=kind).masked_fill_(~mask, float('-inf'))
        watched: list[tuple[Tensor, Tensor, Tensor]] = []
        states, balance, shares = self.model.language_model(
            batch['tokens'], batch['positions'], mask, batch['visual_at'], visual, deepstack, watched=watched)
        answers = len(batch['answer_at'])
        places = F.pad(batch['answer_at'], (0, -answers % 256 if self.training else 0))
        asked = states.reshape(-1, states.shape[-1]).index_select(0, places)
        return {'logits': self.lm_head(asked)[:answers], 'visual': seen(visual, deepstack), 'balance': balance, 'shares': shares, 'mask': mask,
                'watched': watched}


def seen(visual: Tensor | None, deepstack: list[Tensor]) -> Tensor | None:
    """The decoder's whole input per merged token: V and the DeepStack features side by side."""
    return None if visual is None else torch.cat([visual, *deepstack], 1)


def block_mask(turns: Tensor) -> Tensor:
    """turns (B, T): 0 for the shared beginning, n for the n-th question, −1 for padding → (B, 1, T, T) boolean.

    The mask is causal; a question attends to the beginning and to itself, so several questions about one picture
    train as if asked alone.
    """
    length = turns.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool, device=turns.device).tril()
    seen = (turns[:, None, :] == 0) | (turns[:, None, :] == turns[:, :, None])
    return (seen & causal)[:, None]

