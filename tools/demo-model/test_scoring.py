"""Tests of the rules for right answers."""

import json
import unittest
from pathlib import Path

from scoring import is_right


class Scoring(unittest.TestCase):
    def test_answers_are_scored_by_the_rules(self) -> None:
        for metric, scale, answer, expected, right in json.loads((Path(__file__).parent / 'scoring-cases.json').read_text()):
            self.assertEqual(is_right(answer, expected, metric, scale), right, (metric, answer, expected))

    def test_a_reading_may_be_off_by_two_percent_of_the_scale_but_not_in_its_unit(self) -> None:
        self.assertTrue(is_right('5.1 bar', '5.0 bar', 'gauge', 6))
        self.assertFalse(is_right('5.2 bar', '5.0 bar', 'gauge', 6))
        self.assertFalse(is_right('5.0 V', '5.0 bar', 'gauge', 6))
