from pathlib import Path

from odoo.tests import BaseCase, tagged

from .architecture import ADDON, MAX_LINES, Architecture, read_sources

# A small add-on that keeps the rule: a promise of a room above places a hold of the account room.
SOUND = {
    "models/account/collection_hold.py": """
class Hold(models.Model):
    _name = "collection.hold"
    _inherit = ["collection.guard", "mail.thread"]
    partner_id = fields.Many2one("res.partner")
""",
    "models/ledger/collection_guard.py": 'class Guard(models.AbstractModel):\n    _name = "collection.guard"\n',
    "models/promise/collection_promise.py": """
from ..account.collection_hold import BATCH

class Promise(models.Model):
    _name = "collection.promise"
    _description = "Promise; see collection.run"
    hold_ids = fields.One2many("collection.hold", "promise_id")
    level = fields.Integer()
""",
    "models/promise/collection_hold.py": """
class Hold(models.Model):
    _inherit = "collection.hold"
    promise_id = fields.Many2one("collection.promise")
    promise_level = fields.Integer(related="promise_id.level")

    def _collection_promised(self):
        return self.env.ref("account_collections.promise_view")
""",
    "models/dunning/collection_run.py": 'class Run(models.Model):\n    _name = "collection.run"\n    name = fields.Char()\n',
    "wizards/account/collection_hold_place.py": 'class Place(models.TransientModel):\n    _name = "collection.hold.place"\n',
    "views/account/hold.xml": """<odoo>
        <record id="hold_view" model="ir.ui.view"><field name="model">collection.hold</field>
            <field name="arch" type="xml"><form><field name="partner_id"/></form></field></record>
        <record id="place_action" model="ir.actions.act_window"><field name="res_model">collection.hold.place</field></record>
    </odoo>""",
    "views/promise/promise.xml": """<odoo>
        <record id="promise_view" model="ir.ui.view"><field name="model">collection.hold</field>
            <field name="inherit_id" ref="account_collections.hold_view"/>
            <field name="arch" type="xml"><field name="partner_id" position="after"><field name="promise_id"/></field></field></record>
    </odoo>""",
    "views/dunning/run.xml": '<odoo><menuitem id="run_menu" name="Runs"/></odoo>',
}
HOLD = "models/account/collection_hold.py"
VIEW = "views/account/hold.xml"

# What may not be there, and what is said about it.
PLANTED = {
    "import": (HOLD, "from ..promise.collection_promise import LEVELS\n", "imports"),
    "import of a room": (HOLD, "from .. import promise\n", "imports"),
    "absolute import": (HOLD, f"from odoo.addons.{ADDON}.models.promise import x\n", "imports"),
    "import of a wizard": (HOLD, "from ...wizards.account import collection_hold_place\n", "imports"),
    "comodel": (
        HOLD,
        'class H(models.Model):\n    _inherit = "collection.hold"\n    p = fields.Many2one("collection.promise")\n',
        "model",
    ),
    "comodel by name": (
        HOLD,
        'class H(models.Model):\n    _inherit = "x"\n    p = fields.Many2one(comodel_name="collection.run")\n',
        "model",
    ),
    "inherit": (HOLD, 'class H(models.Model):\n    _inherit = "collection.promise"\n', "model"),
    "inherit in a list": (HOLD, 'class H(models.Model):\n    _inherit = ["mail.thread", "collection.run"]\n', "model"),
    "env": (HOLD, 'def f(self):\n    return self.env["collection.promise"]\n', "model"),
    "model of a wizard": (HOLD, 'def f(self):\n    return {"res_model": "collection.hold.place"}\n', "model"),
    "inverse": (
        HOLD,
        'class P(models.Model):\n    _inherit = "res.partner"\n    h = fields.One2many("collection.hold", "promise_id")\n',
        "field promise_id",
    ),
    "related": (
        HOLD,
        'class H(models.Model):\n    _inherit = "collection.hold"\n    r = fields.Char(related="promise_id.level")\n',
        "field",
    ),
    "depends": (
        HOLD,
        'class H(models.Model):\n    _inherit = "collection.hold"\n    @api.depends("promise_id.level")\n    def f(self): pass\n',
        "field promise_id",
    ),
    "constrains": (
        HOLD,
        'class H(models.Model):\n    _inherit = "collection.hold"\n    @api.constrains("promise_id")\n    def f(self): pass\n',
        "field",
    ),
    "method": (HOLD, "def f(self):\n    return self.hold_id._collection_promised()\n", "uses _collection_promised"),
    "table": (HOLD, 'QUERY = "SELECT id FROM collection_promise p"\n', "table"),
    "table in an f-string": (HOLD, 'QUERY = f"SELECT {1} FROM collection_promise"\n', "table"),
    "record in code": (
        HOLD,
        'def f(self):\n    return self.env.ref("account_collections.run_menu")\n',
        "record run_menu",
    ),
    "date.today": (HOLD, "x = date.today()\n", "today"),
    "fields.Date.today": (HOLD, "x = fields.Date.today()\n", "today"),
    "today as a default": (HOLD, "x = fields.Date(default=fields.Date.context_today)\n", "context_today"),
    "datetime.now": (HOLD, "x = datetime.now()\n", "now"),
    "datetime.datetime.utcnow": (HOLD, "x = datetime.datetime.utcnow()\n", "utcnow"),
    "today in SQL": (HOLD, 'QUERY = "SELECT CURRENT_DATE - 5"\n', "CURRENT_DATE"),
    "today in a wizard": ("wizards/account/w.py", "x = date.today()\n", "today"),
    "unknown room": ("models/kitchen/collection_soup.py", "\n", "kitchen is no room"),
    "long file": ("tests/test_long.py", "\n" * (MAX_LINES + 1), "lines"),
    "XML reference": (
        VIEW,
        '<odoo><record id="a" model="ir.ui.view"><field name="inherit_id" ref="promise_view"/></record></odoo>',
        "record",
    ),
    "XML reference with module": (
        VIEW,
        f'<odoo><menuitem id="a" parent="{ADDON}.run_menu"/></odoo>',
        "record run_menu",
    ),
    "XML reference in eval": (
        VIEW,
        """<odoo><field eval="[Command.link(ref('run_menu'))]"/></odoo>""",
        "record run_menu",
    ),
    "XML action": (VIEW, f'<odoo><button name="%({ADDON}.run_menu)d"/></odoo>', "record run_menu"),
    "XML model": (VIEW, '<odoo><record id="a" model="collection.run"/></odoo>', "model"),
    "XML model by its record": (
        VIEW,
        '<odoo><field name="model_id" ref="model_collection_run"/></odoo>',
        "record model_collection_run",
    ),
    "XML field": (
        VIEW,
        """<odoo><record id="a" model="ir.ui.view"><field name="model">collection.hold</field>
            <field name="arch"><list><field name="promise_id"/></list></field></record></odoo>""",
        "field promise_id",
    ),
    "XML field within a field": (
        VIEW,
        """<odoo><record id="a" model="ir.ui.view"><field name="model">collection.promise</field>
            <field name="arch"><field name="hold_ids"><list><field name="promise_level"/></list></field></field></record></odoo>""",
        "names",
    ),
    "rule": (
        "security/account_rules.xml",
        '<odoo><record id="a" model="ir.rule"><field ref="model_collection_run"/></record></odoo>',
        "record",
    ),
}


@tagged("post_install", "-at_install")
class TestArchitecture(BaseCase):
    def _problems(self, sources):
        return list(Architecture(sources).problems())

    def test_this_addon(self):
        root = Path(__file__).parent.parent
        self.assertEqual("\n".join(self._problems(read_sources(root))), "")

    def test_it_reads_this_addon(self):
        """An empty list of problems means something: the checker knows the rooms, models, fields and records."""
        architecture = Architecture(read_sources(Path(__file__).parent.parent))
        self.assertEqual(architecture.models["collection.account"].floor, 1)
        self.assertEqual(architecture.models["collection.run"].floor, 3)
        self.assertEqual(architecture.models["collection.hold.place"], (6, 1))
        self.assertEqual(architecture.fields["collection.hold", "account_id"].comodel, "collection.account")
        self.assertEqual(architecture.records["collection_hold_view_list"], 1)

    def test_sound_sources_have_no_problems(self):
        self.assertEqual(self._problems(SOUND), [])

    def test_planted_mistakes_are_found(self):
        for what, (path, text, said) in PLANTED.items():
            with self.subTest(what):
                sources = {**SOUND, path if path not in SOUND else path.replace(".", "_2.", 1): text}
                problems = self._problems(sources)
                self.assertTrue(problems, "Nothing was found")
                self.assertIn(said, problems[0])

    def test_lengths_at_the_limit(self):
        for lines, problems in ((MAX_LINES - 1, 0), (MAX_LINES, 0), (MAX_LINES + 1, 1)):
            self.assertEqual(len(self._problems({"tests/test_x.py": "\n" * lines})), problems)
