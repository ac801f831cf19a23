"""Tests of the model, its batches and its training (half a minute on one core; they need torch and the fonts)."""

import os
import socket
import unittest
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np

try:
    import torch
except ImportError as error:
    raise unittest.SkipTest('torch is not installed') from error

from data import Stream
from model.batch import KINDS, ask_each, by_head, collate, place, to_patches
from model.config import IM_END, IMAGE_PAD, SIZES, VIDEO_PAD
from model.experts import Experts
from model.qwen3vl import Qwen3VL
from model.vision import position_taps, position_waves
from scenes.canvas import Canvas
from scenes.sample import SKILLS, ask, exchanges, make_scene
from scenes.scene import BOXES, Question, Scene, part_looks, slots, yes_no
from scenes.shapes import Shape, as_boxes, draw
from tokenizer import load
from training.growth import grown
from training.objective import LOOKING, PlaceHead, looks
from training.optimiser import Optimiser
from training.rounding import Rounding
from training.team import Team

TINY = SIZES['tiny']
CPU = torch.device('cpu')


def _two_steps_of_a_team(rank: int, port: int, folder: str) -> None:
    """One of two processes, each with a gradient for a layer for which the other has none: writes the weights at each
    step."""
    os.environ |= {'WORLD_SIZE': '2', 'RANK': str(rank), 'MASTER_ADDR': '127.0.0.1', 'MASTER_PORT': str(port)}
    team, layers = Team(), torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Linear(4, 4))
    team.begin_alike(layers)
    optimiser, seen = Optimiser(layers, 1e-2, torch.float32, team), []
    for learning in ((layers[rank],), (layers[0],)):
        seen.append({name: p.clone() for name, p in layers.state_dict().items()})
        for p in (p for layer in learning for p in layer.parameters()):
            p.grad = torch.randn_like(p)
        team.average(layers)
        optimiser.step()
        optimiser.zero_grad()
    torch.save([*seen, layers.state_dict()], Path(folder) / str(rank))
    team.close()


class Batches(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(0)
        self.tokenizer, self.model = load(), Qwen3VL(TINY).eval()

    def test_patches_come_in_blocks_of_two_by_two(self) -> None:
        image = np.zeros((64, 64, 3), np.uint8)
        for row in range(4):
            for column in range(4):
                image[row * 16:row * 16 + 16, column * 16:column * 16 + 16] = row * 4 + column
        self.assertEqual(to_patches(image)[:, 0].tolist(), [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15])

    def test_the_position_table_is_stretched_corner_to_corner(self) -> None:
        taps, weights = position_taps(2, 2, 24)
        self.assertEqual([taps[i, n].item() for n in range(4) for i in [int(weights[:, n].argmax())]], [0, 23, 552, 575])

    def test_the_first_layer_begins_with_edges_as_loud_as_brightness(self) -> None:
        brightness, edges = 0.6 * torch.randn(4000, 1), 0.01 * torch.randn(4000, 768)
        embed = self.model.model.visual.patch_embed
        embed.whiten(brightness + edges)
        seen = embed(brightness + edges, torch.zeros(0, 2, 768)).double()
        spread = torch.linalg.eigvalsh(torch.cov(seen.T)).sqrt()
        self.assertLess(float(seen.mean(0).abs().max()), 1e-3)
        self.assertLess(float(spread.max() / spread.min()), 4)

    def test_a_place_can_be_told_from_the_position_table_by_a_straight_line(self) -> None:
        waves = torch.cat([position_waves(24, 128), torch.ones(576, 1)], 1)
        places = torch.cartesian_prod(torch.arange(24.0), torch.arange(24.0))
        fitted = waves @ torch.linalg.lstsq(waves, places, driver='gelsd').solution
        self.assertLess(float((fitted - places).abs().max()), 0.5)

    def test_questions_packed_on_one_picture_answer_as_if_asked_alone(self) -> None:
        scene = make_scene('shapes', 3)
        # With seed 1, the first exchanges contain no follow-up turn.
        packed = collate([(scene, 1)], self.tokenizer, 512, most=4)
        alone = ask_each([(scene, e) for _, e in packed['exchanges']], self.tokenizer)
        with torch.no_grad():
            a, b = (self.model(place(x, TINY, CPU))['logits'] for x in (packed, alone))
        single = [n for n, turn in enumerate(np.unique(packed['turns'][packed['turns'] > 0]))]
        self.assertEqual(len(single), len(packed['exchanges']))
        self.assertLess(float((a - b).abs().max()), 1e-4)

    def test_a_coordinate_is_looked_up_at_the_edge_it_tells(self) -> None:
        shape = Shape('square', 'red', 40, 70, 25)  # spans 20 … 60 px, in the first and second column of tokens
        canvas = Canvas(np.zeros((128, 128, 3), np.uint8))
        draw(canvas, shape, (200, 0, 0), None, (0, 0, 0))
        found = {lang: as_boxes([shape], [shape], 128, 128, lang) for lang in ('en', 'zh')}
        scene = Scene('grounding', [canvas.pixels], [Question('locate', found, slots(x=shape.name()), BOXES)], canvas.marks)
        batch = ask_each([(scene, ask(Random(0), scene.questions[0], 'en'))], self.tokenizer)
        picture = int(np.flatnonzero(batch['tokens'][0] == IMAGE_PAD)[0])
        looked_at = {int(at): (np.flatnonzero(on[0]) - picture) % 4 for at, on in zip(batch['look_at'], batch['look_on'])}
        texts = [self.tokenizer.decode([t]) for t in batch['tokens'][0]]
        edges = [set(looked_at[at - 1]) for at in range(1, len(texts)) if at - 1 in looked_at and texts[at] == ',']
        # The comma after a coordinate still belongs to it: left, top (both columns), right.
        self.assertEqual(edges, [{0}, {0, 1}, {1}])

    def test_two_things_that_are_compared_have_a_head_each(self) -> None:
        self.assertEqual(by_head([[1, 2], [5]]), [[1, 2], [5]])
        self.assertEqual(by_head([[1, 2]]), [[1, 2], [1, 2]])
        self.assertEqual(by_head([[1], [], [5]]), [[1, 5], [1, 5]])
        self.assertEqual(by_head([[1], []]), [[1], [1]])

    def test_a_name_is_looked_up_where_it_ends_and_recalled_before_the_answer(self) -> None:
        shapes = [Shape('square', 'red', 40, 70, 25), Shape('star', 'blue', 100, 70, 20)]
        canvas = Canvas(np.zeros((128, 128, 3), np.uint8))
        for shape in shapes:
            draw(canvas, shape, (200, 0, 0), None, (0, 0, 0))
        question = Question('left_of', yes_no(True), slots(a=shapes[0].name(), b=shapes[1].name()), named={'a': (0,), 'b': (1,)})
        many = (ask(Random(seed), question, 'en') for seed in range(99))
        asked = next(one for one in many if 'red square' in one.question.split('blue star')[0])  # names it first
        self.assertEqual(''.join(c for c, at in zip(asked.question, asked.named) if at), 'red squareblue star')
        batch = ask_each([(Scene('shapes', [canvas.pixels], [question], canvas.marks), asked)], self.tokenizer)
        text = [self.tokenizer.decode([t]) for t in batch['tokens'][0]]
        self.assertEqual([text[at].strip() for at in batch['look_at']], ['square', 'star'])
        picture = int(np.flatnonzero(batch['tokens'][0] == IMAGE_PAD)[0])
        columns = [set((np.flatnonzero(on[0]) - picture) % 4) for on in batch['look_on']]
        self.assertEqual(columns, [{0, 1}, {2, 3}])
        self.assertEqual(batch['recall_at'][0], batch['answer_at'][0])
        self.assertEqual([list(np.flatnonzero(head)) for head in batch['recall_on'][0]], [[at] for at in batch['look_at']])
        # At the end of a name the thing's position must be known, and during the answer the kind of the question.
        self.assertEqual(list(batch['known_at']), list(batch['look_at']))
        for box, shape in zip(batch['known_boxes'], shapes):
            self.assertLess(np.abs(128 * box - (np.array([shape.x, shape.y] * 2) + shape.radius * np.array([-1, -1, 1, 1]))).max(), 12)
        self.assertEqual(list(batch['asked_at']), list(batch['answer_at']))
        self.assertEqual({KINDS[kind] for kind in batch['asked_kinds']}, {'left_of'})

    def test_a_time_is_read_off_the_time_stamp_before_its_frames(self) -> None:
        scene = next(s for s in (make_scene('clips', seed) for seed in range(50)) for q in s.questions if q.answer['en'][-7:] == 'seconds')
        question = next(q for q in scene.questions if q.kind == 'when_turns')
        batch = ask_each([(scene, ask(Random(0), question, 'zh'))], self.tokenizer)
        text = [self.tokenizer.decode([t]) for t in batch['tokens'][0]]
        shown = {int(at): [text[i] for i in np.flatnonzero(on[0]) if batch['tokens'][0][i] != VIDEO_PAD] for at, on in zip(batch['look_at'], batch['look_on'])}
        answered = ''.join(text[at + 1] for at in batch['answer_at'][:-1])
        read = ''.join(shown.get(int(at), [''])[0] for at in batch['answer_at'][:-1])
        self.assertEqual((read, answered), (part_looks(question.answer['zh'])[0].rstrip('秒'), part_looks(question.answer['zh'])[0]))

    def test_what_changed_is_looked_up_at_the_same_place_of_the_picture_before(self) -> None:
        scene = make_scene('pairs.shapes', 3)
        batch = ask_each([(scene, ask(Random(0), scene.questions[2], 'en'))], self.tokenizer)
        first, second = np.flatnonzero(batch['tokens'][0] == IMAGE_PAD).reshape(2, -1)
        pairs = [(int(at), np.flatnonzero(on[0]).tolist()) for at, on in zip(batch['look_at'], batch['look_on']) if at in second]
        self.assertEqual(pairs, [(int(b), [int(a)]) for a, b in zip(first, second)])

    def test_attention_is_held_against_where_it_should_be(self) -> None:
        batch = place(collate([(make_scene('shapes', 3), 3)], self.tokenizer, 224, most=4), TINY, CPU)
        with torch.no_grad():
            out = self.model(batch)
        at, visible = batch['look_at'], out['mask'][0, 0][batch['look_at']]
        self.assertGreater(len(at), 0)
        self.assertTrue(bool((visible[:, None] | ~batch['look_on']).all()))
        loss, share = looks(out['watched'], LOOKING, out['mask'], at, visible[:, None].expand(batch['look_on'].shape))
        self.assertAlmostEqual(float(loss), 0, places=5)
        self.assertAlmostEqual(float(share), 1, places=5)
        self.assertGreater(float(looks(out['watched'], LOOKING, out['mask'], at, batch['look_on'])[0]), 0.5)

    def test_a_place_is_told_as_a_distribution_about_it(self) -> None:
        head, box = PlaceHead(1), torch.tensor([[0.0, 0.137, 0.5, 1.0]])
        centres = head.LOW + (torch.arange(head.BINS) + 0.5) * (head.HIGH - head.LOW) / head.BINS
        with torch.no_grad():
            head.bins.weight.zero_()
            head.bins.bias.copy_((-((centres - box.T) / head.WIDTH).square() / 2).flatten())  # normal density
            right, missed = head(torch.ones(1, 1), box)
            wrong, by = head(torch.ones(1, 1), box + torch.tensor([[0.1, 0.1, 0.1, -0.1]]))
        self.assertLess(float(right), 0.1)
        self.assertLess(float(missed), 0.01)
        self.assertGreater(float(wrong), 5)
        self.assertAlmostEqual(float(by), 0.1, places=2)

    def test_an_answer_ends_with_the_end_of_turn(self) -> None:
        batch = collate([(make_scene(s, 2), 2) for s in SKILLS], self.tokenizer, 256)
        last = np.flatnonzero(np.diff(np.append(batch['answer_of'], -1)))
        self.assertTrue((batch['answers'][last] == IM_END).all())

    def test_experts_sorted_by_token_equal_a_plain_sum(self) -> None:
        experts = Experts(TINY.text)
        torch.nn.init.normal_(experts.gate_up_proj)
        torch.nn.init.normal_(experts.down_proj)
        x = torch.randn(7, TINY.text.hidden, requires_grad=True)
        chosen, weights = torch.stack([torch.randperm(8)[:2] for _ in range(7)]), torch.rand(7, 2)
        y, counts = experts(x, weights, chosen)
        plain = torch.zeros_like(x)
        for token in range(7):
            for slot in range(2):
                gate, up = (x[token] @ experts.gate_up_proj[chosen[token, slot]]).chunk(2)
                plain[token] += weights[token, slot] * (torch.nn.functional.silu(gate) * up) @ experts.down_proj[chosen[token, slot]]
        self.assertTrue(torch.allclose(y, plain, rtol=1e-4, atol=1e-2))
        self.assertEqual(int(counts.sum()), 14)
        gradient = torch.autograd.grad(y.square().sum(), x)[0]
        self.assertTrue(torch.allclose(gradient, torch.autograd.grad(plain.square().sum(), x)[0], rtol=1e-3, atol=1.0))

    def test_the_vision_encoder_learns_at_a_rate_of_its_own(self) -> None:
        for share in (1.0, 0.1):
            torch.manual_seed(0)
            model = Qwen3VL(TINY)
            layers = {'visual': model.model.visual.blocks[0].mlp.linear_fc1, 'decoder': model.model.language_model.layers[0].self_attn.q_proj}
            before = {name: layer.weight.detach().clone() for name, layer in layers.items()}
            optimiser = Optimiser(model, 1e-3, torch.float32, Team(), encoder=share)
            for p in model.parameters():
                p.grad = torch.randn_like(p)
            optimiser.rate(0.5)
            optimiser.step()
            moved = {name: float((layer.weight - before[name]).norm() / layer.weight.numel() ** 0.5) for name, layer in layers.items()}
            self.assertAlmostEqual(moved['decoder'] * share / moved['visual'], 1, delta=0.15)

    def test_what_has_no_gradient_in_any_process_stays_as_it_is(self) -> None:
        with TemporaryDirectory() as folder:
            with socket.create_server(('127.0.0.1', 0)) as free:
                port = free.getsockname()[1]
            torch.multiprocessing.spawn(_two_steps_of_a_team, (port, folder), nprocs=2)
            first, second = (torch.load(Path(folder) / str(rank)) for rank in (0, 1))
        for before, after in zip(first, first[1:]):
            self.assertFalse(torch.equal(before['0.weight'], after['0.weight']))
        # In the second step no process has a gradient for the second layer: the momentum it still has must not move it.
        self.assertFalse(torch.equal(first[0]['1.weight'], first[1]['1.weight']))
        self.assertTrue(torch.equal(first[1]['1.weight'], first[2]['1.weight']))
        for mine, other in zip(first, second):
            for name in mine:
                self.assertTrue(torch.equal(mine[name], other[name]))

    def test_weights_are_as_stored_for_a_while_and_then_as_before(self) -> None:
        model = Qwen3VL(SIZES['tiny'])
        layer = model.model.language_model.layers[0]
        kept = (layer.self_attn.q_proj.weight, layer.mlp.experts.gate_up_proj)
        for p in kept:
            torch.nn.init.normal_(p, std=0.02)
        before = [p.detach().clone() for p in kept]
        rounding = Rounding(model)
        with rounding:
            for p, full, axis in zip(kept, before, (-1, -2)):
                # The loss that the converter reports for such weights is 8 %.
                loss = float((p.detach() - full).norm() / full.norm())
                self.assertTrue(0.07 < loss < 0.09, loss)
                # A block lies along the inputs of one output: at most 16 values.
                blocks = p.detach().transpose(axis, -1).unflatten(-1, (-1, 32)).flatten(0, -2)
                self.assertLessEqual(max(len(block.unique()) for block in blocks[:200]), 16)
            self.assertEqual(len(rounding.parameters), 6 * len(model.model.language_model.layers))
        for p, full in zip(kept, before):
            self.assertTrue(torch.equal(p, full))

    def test_a_larger_decoder_answers_as_before(self) -> None:
        small = Qwen3VL(replace(TINY, text=replace(TINY.text, heads=5, kv_heads=5, expert_intermediate=96))).eval()
        own = self.model.state_dict()
        self.model.load_state_dict({name: grown(name, old, own[name]) for name, old in small.state_dict().items()})
        batch = place(collate([(make_scene('shapes', 3), 3)], self.tokenizer, 224, most=4), TINY, CPU)
        with torch.no_grad():
            before, after = small(batch)['logits'], self.model(batch)['logits']
        self.assertLess(float((before - after).abs().max()), 1e-4)
        with self.assertRaises(ValueError):
            grown('q_proj.weight', torch.zeros(3, 2), torch.zeros(2, 2))

    def test_processes_share_the_seeds_among_them(self) -> None:
        def first_two(share: int, shares: int, worker: int, workers: int) -> list[range]:
            return list(islice(Stream({}, 8, 224, 100, share=share, shares=shares).numbers(worker, workers), 2))
        self.assertEqual(first_two(0, 1, 0, 1), [range(100, 108), range(108, 116)])
        parts = [first_two(share, 2, worker, 2) for share in (0, 1) for worker in (0, 1)]
        self.assertEqual(sorted(n for part in parts for seeds in part for n in seeds), list(range(100, 164)))

    def test_exchanges_repeat_for_a_seed(self) -> None:
        scene = make_scene('charts', 9)
        texts = [[e.question for e in exchanges(Random(4), scene, 6)] for _ in range(2)]
        self.assertEqual(texts[0], texts[1])
