"""Prints the held-out table of a training checkpoint, in PyTorch: skill × language, kinds, phrasings, expert use.

python evaluate.py --run DIR [--per-skill 320] [--skills a,b] [--kinds] [--practice] [--fast] [--threads N]
Decodes greedily with a KV cache, one question at a time, in f32. --fast feeds the right answer's tokens and takes the
most likely token at each place: this gives the same verdict on exact answers, and an estimate for boxes and gauges.
"""

import argparse
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import torch

from data import LEAST_PIXELS, PIXELS
from held_out import PER_SKILL, PRACTICE_SEEDS, Held, held_out
from model.batch import ask_each, place, prompt_of
from model.config import END_OF_TEXT, IM_END, SIZES
from model.decoder import Cache
from model.qwen3vl import Qwen3VL
from scenes.fit import fit
from scenes.sample import HELD_OUT_SEEDS
from scoring import is_right
from tokenizer import load
from training import checkpoint

MOST_TOKENS = 200


@torch.no_grad()
def answer(model: Qwen3VL, held: Held, tokenizer, device: torch.device) -> tuple[str, torch.Tensor]:
    """The greedy answer, and each expert's share of the choices of its layer in the prompt (layers, E)."""
    batch = place(prompt_of(held.scene, held.exchange.question, tokenizer), model.config, device)
    decoder, length = model.model.language_model, batch['tokens'].shape[1]
    caches = [Cache() for _ in decoder.layers]
    mask = torch.ones(1, 1, length, length, dtype=torch.bool, device=device).tril()
    visual, deepstack = model.see(batch)
    states, _, shares = decoder(batch['tokens'], batch['positions'], mask, batch['visual_at'], visual, deepstack, caches)
    position, written = int(batch['positions'].max()) + 1, []
    nowhere = torch.zeros(0, dtype=torch.long, device=device)
    for step in range(MOST_TOKENS):
        token = int(model.lm_head(states[0, -1]).argmax())
        if token in (IM_END, END_OF_TEXT):
            break
        written.append(token)
        positions = torch.full((3, 1, 1), position + step, device=device)
        seen = torch.ones(1, 1, 1, length + step + 1, dtype=torch.bool, device=device)
        states, _, _ = decoder(torch.tensor([[token]], device=device), positions, seen, nowhere, None, [], caches)
    return tokenizer.decode(written, skip_special_tokens=True), shares


@torch.no_grad()
def answers_fast(model: Qwen3VL, batch_of: list[Held], tokenizer, device: torch.device) -> tuple[list[str], torch.Tensor]:
    """Answers many questions at once by teacher forcing; returns the answers and the expert shares."""
    batch = place(ask_each([(h.scene, h.exchange) for h in batch_of], tokenizer), model.config, device)
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == 'cuda'):
        out = model(batch)
    guesses: list[list[int]] = [[] for _ in batch_of]
    for token, number in zip(out['logits'].argmax(-1).tolist(), batch['answer_of'].tolist()):
        guesses[number].append(token)
    # The last token must end the answer; otherwise the answer would have continued.
    texts = [tokenizer.decode(g[:-1], skip_special_tokens=False) + ('' if g[-1] == IM_END else '…') for g in guesses]
    return texts, out['shares']


def answers(model: Qwen3VL, questions: list[Held], tokenizer, device: torch.device, fast: bool):
    """Yields (question, answer, expert shares) for each question."""
    if not fast:
        for held in questions:
            yield held, *answer(model, held, tokenizer, device)
        return
    for start in range(0, len(questions), 64):
        part = questions[start:start + 64]
        texts, shares = answers_fast(model, part, tokenizer, device)
        yield from ((held, text, shares) for held, text in zip(part, texts))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('--run', type=Path, required=True)
    parser.add_argument('--per-skill', type=int, default=PER_SKILL)
    parser.add_argument('--skills', default='')
    parser.add_argument('--fast', action='store_true', help='teacher forcing, in batches')
    parser.add_argument('--kinds', action='store_true', help='a line per kind of question as well')
    parser.add_argument('--wrong', type=int, default=0, help='show this many wrong answers per skill')
    parser.add_argument('--practice', action='store_true', help='not the held-out set, but other scenes in trained wording')
    parser.add_argument('--threads', type=int, default=0)
    a = parser.parse_args()
    if a.threads:
        torch.set_num_threads(a.threads)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    state, progress = checkpoint.load(a.run / 'checkpoint')
    model = Qwen3VL(SIZES[progress['size']]).to(device).eval()
    model.load_state_dict({k.removeprefix('qwen.'): v for k, v in state['weights'].items() if k.startswith('qwen.')})
    tokenizer = load()
    table: dict[tuple[str, ...], list[bool]] = defaultdict(list)
    shares, shown = [], defaultdict(int)
    drawn = held_out(a.per_skill, a.skills.split(',') if a.skills else None, PRACTICE_SEEDS if a.practice else HELD_OUT_SEEDS)
    questions = [replace(held, scene=fit(held.scene, LEAST_PIXELS, PIXELS)) for held in drawn]
    for held, given, used in answers(model, questions, tokenizer, device, a.fast):
        exchange = held.exchange
        right = is_right(given, exchange.answer, exchange.metric, exchange.scale)
        shares.append(used)
        for key in ((held.skill, exchange.lang), (held.skill, 'trained phrasings' if not exchange.held_out else 'new phrasings')):
            table[key].append(right)
        if a.kinds:
            table[held.skill, 'kind ' + exchange.kind].append(right)
        if not right and shown[held.skill] < a.wrong:
            shown[held.skill] += 1
            print(f'{held.id} {exchange.question!r}: {given!r}, right is {exchange.answer!r}')
    print(f'after {progress["images"]} images')
    for key, results in sorted(table.items()):
        print(f'{key[0]:10s} {key[1]:24s} {100 * sum(results) / len(results):5.1f} %  of {len(results)}')
    use = torch.stack(shares).mean(0)
    print(f'experts: least used {100 * float(use.min()):.2f} %, most used {100 * float(use.max()):.2f} % of the tokens of a layer')


if __name__ == '__main__':
    main()
