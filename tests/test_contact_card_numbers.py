import random

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.card_numbers import find, find_in_html, is_card_number, mask, mask_html

VISA = "4111111111111111"
CARDS = (
    VISA,
    "4222222222222",  # Visa, 13 digits
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "30569309025904",
    "38520000023237",
    "3566002020360505",
    "6759649826438453",
    "6200000000000005",
)


def complete(prefix, length):
    """A number of that length with the last digit right by Luhn."""
    body = prefix + "7" * (length - len(prefix) - 1)
    return next(body + digit for digit in "0123456789" if luhn(body + digit))


def luhn(digits):
    """Luhn's rule, written another way than the product does."""
    table = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    return sum(int(d) if i % 2 == 0 else table[int(d)] for i, d in enumerate(digits[::-1])) % 10 == 0


@tagged("post_install", "-at_install")
class TestCardNumbers(BaseCase):
    """What is a card number, and what is none (SPEC §3)."""

    def digits(self, text):
        return [card.digits for card in find(text)]

    def test_brands(self):
        for number in CARDS:
            self.assertTrue(is_card_number(number), number)
            self.assertEqual(self.digits(f"Card {number}."), [number])
            self.assertFalse(is_card_number(number[:-1] + str((int(number[-1]) + 1) % 10)), "Luhn")

    def test_ends_of_the_prefix_ranges(self):
        for prefix, length, expected in (
            ("2220", 16, False),
            ("2221", 16, True),
            ("2720", 16, True),
            ("2721", 16, False),
            ("50", 16, False),
            ("51", 16, True),
            ("55", 16, True),
            ("56", 16, False),
            ("33", 15, False),
            ("34", 15, True),
            ("35", 15, False),
            ("36", 13, False),
            ("36", 14, True),
            ("643", 16, False),
            ("644", 16, True),
            ("659", 16, True),
            ("660", 16, False),
            ("3527", 16, False),
            ("3528", 16, True),
            ("3589", 16, True),
            ("3590", 16, False),
            ("4", 12, False),
            ("4", 13, True),
            ("4", 14, False),
            ("4", 15, False),
            ("4", 16, True),
            ("4", 17, False),
            ("4", 19, True),
            ("6759", 19, True),
            ("6759", 20, False),
            ("1", 16, False),
        ):
            self.assertEqual(is_card_number(complete(prefix, length)), expected, f"{prefix}, {length} digits")

    def test_groups_and_separators(self):
        for text in (
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4111\u00a01111\u00a01111\u00a01111",
            "4111–1111 1111-1111",
            "41 11 11 11 11 11 11 11",
            "x4111111111111111y",
            "no. 12 4111 1111 1111 1111 03/28",
            "4111 1111 1111 1111-2",
            "٤١١١ ١١١١ ١١١١ ١١١١",
        ):
            self.assertEqual(self.digits(text), [VISA], text)
        for text in (
            "4111 1111 1111 1112",
            "4111  1111 1111 1111",
            "4111 - 1111 1111 1111",
            "4111\n1111 1111 1111",
            "4111.1111.1111.1111",
            "4111,1111,1111,1111",
            "14111111111111111",
            "41111111111111110",
            "00" + VISA * 2,
            "INV/2026/00042 and 1,234.56",
        ):
            self.assertEqual(self.digits(text), [], text)

    def test_masking(self):
        self.assertEqual(mask("Card 4111 1111-1111 1111, thanks"), "Card •••• ••••-•••• 1111, thanks")
        self.assertEqual(mask(f"{VISA} and 378282246310005"), "••••••••••••1111 and •••••••••••0005")
        self.assertEqual(mask("4111 1111 1111 1112"), "4111 1111 1111 1112")
        self.assertEqual(mask(""), "")
        self.assertFalse(mask(False))

    def test_html_is_stripped_first(self):
        for source in (
            "<p>4111<b> 1111</b>&nbsp;1111 &#49;111</p>",
            "<span>4111</span><span>1111</span><span>1111</span><span>1111</span>",
            "4111<!-- 5 --> 1111 1111 1111",
            "4111&#x200b;1111\u00ad1111 1111",
        ):
            self.assertEqual([card.digits for card in find_in_html(source)], [VISA], source)
            masked = mask_html(source)
            self.assertFalse(find_in_html(masked), masked)
            self.assertTrue(masked.endswith(("1111", "&#49;111</p>", "1111</span>")), masked)
        for source in ("<td>4111</td><td>1111</td><td>1111</td><td>1111</td>", "4111<br>1111 1111 1111"):
            self.assertEqual(find_in_html(source), [], "Cells and lines are not one number")
            self.assertEqual(mask_html(source), source)

    def test_numbers_in_tags_are_masked_as_well(self):
        source = f'<a href="tel:{VISA}" title="4111 1111 1111 1111">call</a>'
        self.assertEqual(len(find_in_html(source)), 2)
        self.assertEqual(mask_html(source), '<a href="tel:••••••••••••1111" title="•••• •••• •••• 1111">call</a>')

    def test_our_own_references_are_none(self):
        self.assertEqual(find(f"Invoice {VISA}", frozenset({VISA})), [])
        self.assertEqual(find(f"See INV/{VISA}.", frozenset({f"INV/{VISA}"})), [])
        self.assertEqual(len(find("See INV/4111111111111111", frozenset({"INV/1"}))), 1)

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(st.sampled_from(CARDS), st.text(alphabet="ab ,;:\n", max_size=12), st.integers(0, 10**6))
    def test_however_it_is_grouped_it_is_found_and_masked(self, number, around, seed):
        chance = random.Random(seed)
        grouped = number[0]
        for digit in number[1:]:
            grouped += chance.choice(("", "", "", " ", "-")) + digit
        text = f"{around}x{grouped}x{around}"
        self.assertEqual(self.digits(text), [number])
        masked = mask(text)
        self.assertFalse(find(masked))
        self.assertEqual(len(masked), len(text))
        self.assertEqual([each for each in masked if each.isdigit()], list(number[-4:]))

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(st.text(alphabet="0123456789 -<>&;x\n", max_size=60))
    def test_any_text(self, text):
        for card in find(text):
            self.assertTrue(luhn(card.digits) and 13 <= len(card.digits) <= 19)
            self.assertEqual("".join(each for each in text[card.start : card.end] if each.isdigit()), card.digits)
            self.assertFalse(text[card.start - 1 : card.start].isdigit() or text[card.end : card.end + 1].isdigit())
        self.assertFalse(find(mask(text)))
        self.assertFalse(find_in_html(mask_html(text)))
