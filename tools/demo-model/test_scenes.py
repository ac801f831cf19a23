"""Tests of the scenes. They draw text, so they need the fonts that fonts.sh packs."""

import unittest
from random import Random

import numpy as np

from held_out import held_out
from scenes.canvas import Canvas
from scenes.fit import fit, fitted
from scenes.fonts import FONT_FOLDER, pick_face
from scenes.marks import CELLS, CLASS_OF, ORDERS, cells_of, extent_of, ordered_at, sides_of
from scenes.phrasings import normal, phrasings
from scenes.sample import HELD_OUT_SEEDS, PARTS, SKILLS, make_scene
from scenes.scene import LEFT, LOOKS, STAMP, WHOLE, Mark, Scene, look, part_looks, spelled
from scenes.shapes import Shape, box_of, draw
from scenes.surface import tilt


@unittest.skipUnless(FONT_FOLDER.exists(), 'fonts.sh has not packed the fonts of the scenes')
class Scenes(unittest.TestCase):
    def test_a_seed_always_gives_the_same_picture_and_answers(self) -> None:
        for skill in (*SKILLS, *PARTS):
            first, again = make_scene(skill, 5), make_scene(skill, 5)
            self.assertTrue(all(np.array_equal(a, b) for a, b in zip(first.images, again.images)))
            self.assertEqual([q.answer for q in first.questions], [q.answer for q in again.questions])

    def test_sides_are_multiples_of_32_and_stills_as_large_as_they_may_be_rendered(self) -> None:
        for skill in (*SKILLS, *PARTS):
            for seed in range(40):
                scene = make_scene(skill, seed)
                for image in scene.images:
                    height, width = image.shape[:2]
                    self.assertEqual((height % 32, width % 32, image.dtype), (0, 0, np.uint8))
                    if scene.seconds is None:
                        self.assertTrue(16384 <= height * width <= 147456, (skill, seed, image.shape))

    def test_a_picture_beyond_a_limit_is_scaled_with_its_marks(self) -> None:
        self.assertEqual([fitted(128, 192, 16384, 65536), fitted(256, 384, 16384, 65536), fitted(512, 256, 16384, 65536),
                          fitted(256, 192, 81920, 98304)], [(128, 192), (192, 288), (352, 160), (352, 256)])
        canvas = Canvas(np.full((256, 384, 3), 250, np.uint8))
        draw(canvas, Shape('square', 'red', 300, 100, 50), (200, 0, 0), None, (250, 250, 250))
        scene = fit(Scene('shapes', [canvas.pixels], [], canvas.marks), 16384, 65536)
        self.assertEqual(scene.images[0].shape, (192, 288, 3))
        rows, columns = np.nonzero(scene.images[0][:, :, 1] < 100)
        left, top, right, bottom = extent_of(scene.marks[0], 192, 288)
        for seen, stated in ((columns.min(), left * 288), (columns.max(), right * 288), (rows.min(), top * 192), (rows.max(), bottom * 192)):
            self.assertLess(abs(seen - stated), 2)

    def test_every_mark_has_a_class_of_its_own(self) -> None:
        missing = {m.name for skill in (*SKILLS, *PARTS) for seed in range(40) for m in make_scene(skill, seed).marks} - set(CLASS_OF)
        self.assertEqual(missing, set())

    def test_a_thing_is_shown_by_the_cells_it_covers_and_a_character_by_one(self) -> None:
        square = [(16.0, 16.0), (48.0, 16.0), (48.0, 48.0), (16.0, 48.0)]
        self.assertEqual(cells_of(Mark(0, 32, 32, 'x', square), 64, 64),
                         [(0, 12), (0, 13), (0, 14), (0, 15), (1, 8), (1, 9), (1, 10), (1, 11),
                          (2, 4), (2, 5), (2, 6), (2, 7), (3, 0), (3, 1), (3, 2), (3, 3)])
        self.assertEqual(cells_of(Mark(0, 33, 20, 'x'), 64, 64), [(1, 8)])
        self.assertEqual(cells_of(Mark(0, 37, 20, 'x'), 64, 64), [(1, 9)])
        self.assertEqual(cells_of(Mark(0, 70, 20, 'x'), 64, 64), [])
        self.assertEqual(extent_of(Mark(0, 32, 32, 'x', square), 64, 128), (0.125, 0.25, 0.375, 0.75))

    def test_a_character_is_told_by_its_order_in_its_word_as_well(self) -> None:
        canvas = Canvas(np.full((64, 96, 3), 250, np.uint8))
        canvas.text('12.9 kg', 4, 40, pick_face(Random(1), '1', 'sans'), 12, (0, 0, 0), 'lm')
        tilt(Random(1), canvas, 2)
        self.assertEqual([(m.name, m.order) for m in canvas.marks], [('1', 0), ('2', 1), ('.', 2), ('9', 3), ('k', 0), ('g', 1)])
        self.assertEqual(ordered_at(Mark(0, 33, 20, 'x', order=2), 64, 64), [(1, CELLS + ORDERS + 2)])
        self.assertEqual(ordered_at(Mark(0, 33, 40, 'x', order=9), 64, 64), [(3, CELLS + 9)])
        for order in (None, ORDERS):
            self.assertEqual(ordered_at(Mark(0, 33, 40, 'x', order=order), 64, 64), [])

    def test_a_look_says_what_an_answer_is_read_off_and_is_no_part_of_it(self) -> None:
        looked = f'x{look(0, 3)}ab{look(2, side=LEFT)}c{look()}d'
        both_marks = ((0, WHOLE), (3, WHOLE))
        self.assertEqual(part_looks(looked), ('xabcd', [(), both_marks, both_marks, ((2, LEFT),), ()]))
        self.assertEqual(part_looks(spelled('6 0', 4)), ('6 0', [((4, WHOLE),), ((4, WHOLE),), ((5, WHOLE),)]))

    def test_a_character_is_read_off_its_own_mark(self) -> None:
        for skill in (*SKILLS, *PARTS):
            for scene in (make_scene(skill, seed) for seed in range(12)):
                names = [mark.name for mark in scene.marks]
                for pair in range(len(scene.seconds or [])):
                    names += [*scene.time_stamp(pair)[1:], *' ' * STAMP][:STAMP]
                for text, looks in (part_looks(t) for q in scene.questions for t in q.answer.values() if q.kind not in ('count_lines', 'receipt_count')):
                    self.assertFalse(any(ord(c) in LOOKS for c in text))
                    seen = [(c, [names[mark] for mark, _ in at]) for c, at in zip(text, looks, strict=True) if c != ' ']
                    self.assertEqual([(c, at) for c, at in seen if all(len(name) == 1 for name in at) and at not in ([c], [])], [])

    def test_a_value_is_read_off_the_needle_and_the_number_it_has_passed(self) -> None:
        for scene in (make_scene('gauges', seed) for seed in range(40)):
            value = next(q for q in scene.questions if q.kind == 'gauge_read').answer['en']
            beside = [[scene.marks[mark] for mark, _ in at] for at in part_looks(value)[1] if len(at) == 2]
            self.assertTrue(beside)
            for needle, number in beside:
                between = {mark.share for mark in scene.marks if mark.share is not None and number.share < mark.share < needle.share}
                self.assertLessEqual(number.share, needle.share)
                self.assertEqual(between, set())

    def test_whether_a_value_is_in_the_red_is_read_off_the_needle_and_where_the_red_begins(self) -> None:
        asked = 0
        for scene in (make_scene('gauges', seed) for seed in range(40)):
            for answer in (q.answer['en'] for q in scene.questions if q.kind == 'gauge_red'):
                needle, red = (scene.marks[mark] for mark, _ in part_looks(answer)[1][0])
                self.assertTrue(needle.name.startswith('needle:') and red.name.startswith('level:'))
                self.assertEqual(answer.endswith('Yes'), needle.share > red.share)
                asked += 1
        self.assertGreater(asked, 10)

    def test_a_value_of_a_chart_is_read_off_its_end_and_the_number_of_the_axis_that_it_reaches(self) -> None:
        read = 0
        for scene in (make_scene(skill, seed) for skill in ('charts', 'charts.plotted') for seed in range(60)):
            axis = [mark for mark in scene.marks if mark.share is not None and not mark.name.startswith('level')]
            for _, looks in (part_looks(q.answer['en']) for q in scene.questions if q.kind == 'chart_value'):
                for level, number in ((scene.marks[mark] for mark, _ in at) for at in looks if len(at) == 2):
                    self.assertIn(number, axis)
                    self.assertTrue(level.name.startswith('level') and number.share <= level.share)
                    self.assertEqual([mark for mark in axis if number.share < mark.share <= level.share], [])
                    read += 1
        self.assertGreater(read, 50)

    def test_a_category_in_a_question_means_its_name_and_the_end_of_its_value_above_it(self) -> None:
        named = 0
        for scene in (make_scene(skill, seed) for skill in ('charts', 'charts.plotted') for seed in range(40)):
            for question in scene.questions:
                for slot, (name, level) in question.named.items():
                    name, level, asked = scene.marks[name], scene.marks[level], question.slots['en'][slot]
                    self.assertEqual(name.name, asked[0])
                    self.assertLess(level.y, name.y)
                    nearer = min((mark for mark in scene.marks if mark.name.startswith('level')), key=lambda mark: abs(mark.x - name.x))
                    self.assertTrue(len(asked) > 4 or nearer is level)
                    named += 1
        self.assertGreater(named, 100)

    def test_the_sides_of_a_thing_are_where_its_edges_show(self) -> None:
        square = [(20.0, 40.0), (90.0, 40.0), (90.0, 60.0), (20.0, 60.0)]
        whole, left, top, right, bottom = sides_of(Mark(0, 55, 50, 'x', square), 64, 128)
        self.assertEqual((left, right), ([4], [6]))
        self.assertEqual((whole, top, bottom), ([4, 5, 6],) * 3)

    def test_no_held_out_phrasing_is_trained_on(self) -> None:
        for kind, lists in phrasings().items():
            for lang in ('en', 'zh'):
                self.assertFalse({normal(t) for t in lists[lang, False]} & {normal(t) for t in lists[lang, True]}, kind)

    def test_the_held_out_set_has_both_languages_and_new_phrasings_in_halves(self) -> None:
        held = list(held_out(80, ['signs']))
        self.assertEqual(sum(h.exchange.lang == 'zh' for h in held), 40)
        self.assertEqual(sum(h.exchange.held_out for h in held), 40)
        self.assertTrue(all(h.seed >= HELD_OUT_SEEDS for h in held))

    def test_a_box_is_in_thousandths_of_the_picture(self) -> None:
        self.assertEqual(box_of(Shape('circle', 'red', 64, 32, 16), 128, 64), [375, 250, 625, 750])
