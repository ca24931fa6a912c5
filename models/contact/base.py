from odoo import api, models

# What Odoo keeps beside a record, and the field that names the record's model.
_BESIDE = {
    "mail.activity": "res_model",
    "mail.compose.message": "model",
    "mail.message": "model",
    "mail.scheduled.message": "model",
    "ir.attachment": "res_model",
}
_TYPED = ("char", "text", "html")
# Of files and messages: made by the system.
_MADE = {"checksum", "store_fname", "access_token", "message_id"}


class Base(models.AbstractModel):
    """Where this product lets people write, a card number is refused: in its own models and dialogs, and in what stands beside them.

    What the system writes (superuser) is not looked at: it writes what it read, and mails are masked before it sees them.
    """

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and self._collection_is_ours():
            for vals in vals_list:
                if self._name not in _BESIDE or self._collection_model_beside(vals).startswith("collection."):
                    self._collection_refuse_card_numbers(vals)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and self._collection_is_ours():
            beside = _BESIDE.get(self._name)
            if not beside or any(str(record[beside] or "").startswith("collection.") for record in self.sudo()):
                self._collection_refuse_card_numbers(vals)
        return super().write(vals)

    @api.model
    def _collection_is_ours(self):
        return self._name.startswith("collection.") or self._name in _BESIDE

    @api.model
    def _collection_model_beside(self, vals):
        """The model of the record that a message, task or file is made beside."""
        field = _BESIDE[self._name]
        named = vals.get(field) or self.env.context.get(f"default_{field}")
        if not named and vals.get(f"{field}_id"):
            named = self.env["ir.model"].sudo().browse(vals[f"{field}_id"]).model  # a task names its model by id
        return str(named or "")

    def _collection_refuse_card_numbers(self, vals):
        texts = [
            (self._collection_label(name), value, self._fields[name].type == "html")
            for name, value in vals.items()
            if isinstance(value, str)
            and name not in _MADE
            and name in self._fields
            and self._fields[name].type in _TYPED
        ]
        if texts:
            self.env["collection.card.guard"]._refuse(texts)

    @api.model
    def _collection_label(self, name):
        return self._fields[name].get_description(self.env, ["string"])["string"]
