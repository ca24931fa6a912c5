import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { DefaultCommandItem } from "@web/core/commands/command_palette";
import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";

const NAMESPACE = "$";
const SHORTEST = 2;

/** May the user see accounts at all? Asked once. */
async function mayFind() {
    const groups = await Promise.all(
        ["group_collector", "group_auditor"].map((group) =>
            user.hasGroup(`account_collections.${group}`),
        ),
    );
    return groups.some(Boolean);
}

export class AccountCommand extends Component {
    static template = "account_collections.AccountCommand";
    static props = {
        ...DefaultCommandItem.props,
        detail: { type: String, optional: true },
    };
}

function openAccount(env, account) {
    return env.services.action.doAction({
        type: "ir.actions.act_window",
        res_model: "collection.account",
        res_id: account.id,
        views: [[false, "form"]],
    });
}

function openList(env, text) {
    return env.services.action.doAction("account_collections.collection_account_action", {
        additionalContext: { search_default_find: text, search_default_overdue: 0 },
        clearBreadcrumbs: true,
    });
}

registry.category("command_categories").add("collection_accounts", { namespace: NAMESPACE });

registry.category("command_setup").add(NAMESPACE, {
    debounceDelay: 200,
    emptyMessage: _t(
        "No account found. Try an invoice, purchase order or cheque number, an amount, a phone number or an e-mail address.",
    ),
    name: _t("accounts to collect"),
    placeholder: _t("Find an account: customer, invoice, PO, cheque, amount, phone, e-mail…"),
});

registry.category("command_provider").add("collection_accounts", {
    namespace: NAMESPACE,
    async provide(env, { searchValue }) {
        const text = searchValue.trim();
        if (text.length < SHORTEST || !(await mayFind())) {
            return [];
        }
        const found = await env.services.orm.silent.call("collection.account", "find_accounts", [
            text,
        ]);
        const commands = found.accounts.map((account) => ({
            Component: AccountCommand,
            action: () => openAccount(env, account),
            category: "collection_accounts",
            name: account.name,
            href: `/odoo/collections-accounts/${account.id}`,
            props: { detail: account.detail },
        }));
        if (found.more) {
            commands.push({
                Component: AccountCommand,
                action: () => openList(env, text),
                category: "collection_accounts",
                name: _t("Show all in a list"),
                props: {},
            });
        }
        return commands;
    },
});

export function openFind(env) {
    env.services.command.openMainPalette({ searchValue: NAMESPACE });
}

/** The magnifying glass in the top bar: Alt+Shift+F from anywhere. */
export class FindAccount extends Component {
    static template = "account_collections.FindAccount";
    static props = {};

    setup() {
        this.state = useState({ shown: false });
        this.root = useRef("root");
        onWillStart(async () => {
            this.state.shown = await mayFind();
        });
        // The menus give way when the bar's right side grows (counters, fonts): Odoo measures it only once.
        useEffect(
            (item) => {
                const systray = item?.closest(".o_menu_systray");
                if (systray) {
                    const observer = new ResizeObserver(() =>
                        registry.category("systray").trigger("UPDATE"),
                    );
                    observer.observe(systray);
                    return () => observer.disconnect();
                }
            },
            () => [this.root.el],
        );
    }

    onClick() {
        openFind(this.env);
    }
}

registry
    .category("systray")
    .add("account_collections.find", { Component: FindAccount }, { sequence: 60 });

registry.category("actions").add("collection_find", (env) => openFind(env));
