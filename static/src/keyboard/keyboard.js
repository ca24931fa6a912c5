import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Dialog } from "@web/core/dialog/dialog";
import { Component } from "@odoo/owl";

/** What the keyboard does, for whoever works without the mouse. */
export class KeyboardDialog extends Component {
    static template = "account_collections.KeyboardDialog";
    static components = { Dialog };
    static props = { close: Function };

    get parts() {
        return [
            {
                name: _t("Anywhere"),
                keys: [
                    [_t("Alt+Shift+F"), _t("Find an account")],
                    [_t("Ctrl+K"), _t("Commands and menus; $ finds accounts")],
                    [_t("Alt (held)"), _t("Shows the key of every button")],
                ],
            },
            {
                name: _t("In a list"),
                keys: [
                    ["↓ ↑", _t("From row to row, from the search box")],
                    [_t("Enter"), _t("Opens the row")],
                    [_t("Space"), _t("Ticks the row")],
                    [_t("Alt+D, X, Z, M"), _t("Done, skip, snooze or more, for what is ticked")],
                ],
            },
            {
                name: _t("On an account"),
                keys: [
                    [_t("Alt+L"), _t("Log a contact")],
                    [_t("Alt+E"), _t("Write")],
                    [_t("Alt+R"), _t("Promise")],
                    [_t("Alt+U"), _t("Dispute")],
                    [_t("Alt+D"), _t("Done")],
                    [_t("Alt+X"), _t("Skip for today")],
                    [_t("Alt+Z"), _t("Snooze")],
                    [_t("Alt+W"), _t("Pause items")],
                    [_t("Alt+O"), _t("Send documents")],
                    [_t("Alt+Y"), _t("Payer group")],
                    [_t("Alt+Shift+T"), _t("Give a task")],
                    [_t("Alt+Shift+E"), _t("Escalate")],
                    [_t("Alt+G"), _t("Next account of the worklist")],
                    [_t("Alt+N, Alt+P"), _t("Next and previous in the list")],
                ],
            },
            {
                name: _t("In a dialog"),
                keys: [
                    [_t("Alt+Q"), _t("Save and go on, or do it")],
                    [_t("Alt+S"), _t("Save and stay")],
                    [_t("Alt+X"), _t("Discard")],
                ],
            },
        ];
    }
}

registry.category("actions").add("collection_keyboard", (env) => {
    env.services.dialog.add(KeyboardDialog);
});
