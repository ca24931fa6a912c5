from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools.csv_file import CsvProblem, decode, parse_amount, parse_date, read_rows, write_rows


@tagged("post_install", "-at_install")
class TestCsvFile(BaseCase):
    """Files as people have them."""

    def assertCode(self, code, content):
        with self.assertRaises(CsvProblem) as caught:
            read_rows(decode(content))
        self.assertEqual(caught.exception.code, code)

    def test_encodings(self):
        text = "name;note\nMüller & Söhne;“Grüße” – 5 €\n"
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
            with self.subTest(encoding):
                self.assertEqual(decode(text.encode(encoding)), text)
        for encoding in ("utf-16-le", "utf-16-be"):
            with self.subTest(encoding):
                self.assertEqual(
                    decode("customer,collector\nAcme,joe\n".encode(encoding)), "customer,collector\nAcme,joe\n"
                )

    def test_other_kinds_of_file(self):
        self.assertCode("kind", b"PK\x03\x04 a workbook")
        self.assertCode("kind", b"%PDF-1.7")
        self.assertCode("encoding", b"name\n\x00\x01\x81\x8d")
        self.assertCode("empty", b"")
        self.assertCode("empty", b"\n ,,\n")

    def test_separators(self):
        for separator in ",;\t":
            with self.subTest(separator):
                rows = read_rows(separator.join(("name", "a b", "c")) + "\n" + separator.join(("1", '"x, y; z"', "3")))
                self.assertEqual(rows, [(1, ["name", "a b", "c"]), (2, ["1", "x, y; z", "3"])])

    def test_lines_are_counted_as_an_editor_does(self):
        rows = read_rows('a,b\r\n"two\r\nlines",1\r\n\r\n ,\r\nlast,2\r\n')
        self.assertEqual(rows, [(1, ["a", "b"]), (2, ["two\nlines", "1"]), (6, ["last", "2"])])

    def test_quotes_that_do_not_match(self):
        with self.assertRaises(CsvProblem) as caught:
            read_rows('a,b\n1,2\n"open,3\n4,5\n')
        self.assertEqual((caught.exception.code, caught.exception.line), ("quotes", 3))
        self.assertCode("long_cell", b"a,b\n" + b"x" * 20_001 + b",1")

    def test_dates(self):
        day = date(2026, 3, 4)
        for order, text in (("mdy", "03/04/2026"), ("mdy", "3/4/2026"), ("dmy", "04.03.2026"), ("ymd", "2026/03/04")):
            self.assertEqual(parse_date(text, order), day)
            self.assertEqual(parse_date("2026-03-04", order), day)
            self.assertEqual(parse_date("2026-03-04 00:00:00", order), day)
        for text in ("13/04/2026", "02/30/2026", "3/4/26", "tomorrow", "2026-02-30", "20260304", "٣/٤/٢٠٢٦x"):
            with self.assertRaises(ValueError, msg=text):
                parse_date(text, "mdy")

    def test_amounts(self):
        for mark, text, amount in (
            ("point", "1,234.56", 1234.56),
            ("point", "1234.5", 1234.5),
            ("point", "$ 1,234,567", 1234567),
            ("point", "-12.30", -12.3),
            ("comma", "1.234,56", 1234.56),
            ("comma", "1 234,56 €", 1234.56),
            ("comma", "0,5", 0.5),
        ):
            self.assertEqual(parse_amount(text, mark), amount, text)
        for mark, text in (
            ("point", "1.234,56"),
            ("comma", "1,234.56"),
            ("point", "12,34"),
            ("point", "abc"),
            ("comma", "1.23"),
        ):
            with self.assertRaises(ValueError, msg=text):
                parse_amount(text, mark)

    def test_formulas_are_neutralised(self):
        content = write_rows([["=1+1", "+1", "-1", "@a", "plain", 7, None, "\t=1"]])
        self.assertEqual(decode(content).lstrip("\ufeff").strip(), "'=1+1,'+1,'-1,'@a,plain,7,,'\t=1")
