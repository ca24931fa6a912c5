"""What tests of go-live files share: a file's text goes through the dialog as a manager would send it."""

import base64

from .dunning_common import DunningCommon


class GoliveCommon(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.member("manager", name="Mara Manager")
        cls.collector = cls.member("collector", name="Carl Collector")

    @classmethod
    def upload(cls, kind, content, user=None, **vals):
        """The dialog with a file in it, as text lines or bytes; nothing is checked yet."""
        if isinstance(content, (list, tuple)):
            content = "\n".join(content)
        if isinstance(content, str):
            content = content.encode()
        return (
            cls.env["collection.golive.import"]
            .with_user(user or cls.manager)
            .create(
                {
                    "kind": kind,
                    "file": base64.b64encode(content),
                    "file_name": f"{kind}.csv",
                    "company_id": cls.company.id,
                    **vals,
                }
            )
        )

    @classmethod
    def check(cls, kind, content, user=None, **vals):
        wizard = cls.upload(kind, content, user, **vals)
        wizard.action_check()
        return wizard

    @classmethod
    def bring_in(cls, kind, content, **vals):
        """Check and import a file without errors."""
        wizard = cls.check(kind, content, **vals)
        assert not wizard.error_count, wizard.problem_ids.mapped("message")
        wizard.action_import()
        return wizard

    @classmethod
    def problems(cls, wizard):
        """(line, column, message) of the errors."""
        errors = wizard.problem_ids.filtered("is_error").sorted(lambda each: (each.line, each.id))
        return [(each.line, each.column or "", each.message) for each in errors]

    @classmethod
    def warnings(cls, wizard):
        return [(each.line, each.message) for each in wizard.problem_ids.sorted("line") if not each.is_error]

    def assertProblem(self, wizard, line, words, column=None):
        told = self.problems(wizard)
        found = [each for each in told if each[0] == line and words in each[2] and column in (None, each[1])]
        self.assertTrue(found, told)

    def assertCounts(self, wizard, new=0, same=0, errors=0):
        self.assertEqual(
            (wizard.new_count, wizard.same_count, wizard.error_count), (new, same, errors), self.problems(wizard)
        )
