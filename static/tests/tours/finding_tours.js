import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const row = (customer) => `.o_data_row:contains(${customer})`;
const page = (customer) => `.o_form_view .o_collection_head:contains(${customer})`;
const palette = ".o_command_palette";
const closed = "body:not(:has(.modal))";

tours.add("collection_find", {
    url: "/odoo/collections-worklist",
    steps: () => [
        { content: "the worklist", trigger: row("Alder Works"), run: "press alt+shift+f" },
        { content: "the quick search", trigger: `${palette} input`, run: "edit $PO-4711" },
        { content: "one hit", trigger: `${palette} .o_command:contains(Alder Works)` },
        { content: "opens at once", trigger: `${palette} input`, run: "press Enter" },
        { content: "its page", trigger: page("Alder Works") },
        {
            content: "by the magnifying glass",
            trigger: ".o_collection_find",
            run: "click",
        },
        { content: "an amount", trigger: `${palette} input`, run: "edit $2,000.00" },
        {
            content: "Birch",
            trigger: `${palette} .o_command:contains(Birch Supply)`,
            run: "click",
        },
        { content: "its page", trigger: page("Birch Supply") },
        {
            content: "a colleague's account",
            trigger: ".o_collection_find",
            run: "click",
        },
        { content: "by its name", trigger: `${palette} input`, run: "edit $Elm Trading" },
        { content: "is not found", trigger: `${palette}:contains(No account found)` },
        { content: "close", trigger: `${palette} input`, run: "press Escape" },
        {
            content: "the accounts",
            trigger: ".o_menu_sections button:contains(Accounts)",
            run: "click",
        },
        {
            content: "all",
            trigger: ".o-dropdown--menu .dropdown-item:contains(/^Accounts$/)",
            run: "click",
        },
        { content: "type an e-mail", trigger: ".o_searchview_input", run: "edit cedar.mills@" },
        { content: "search", trigger: ".o_searchview_input", run: "press Enter" },
        {
            content: "only Cedar",
            trigger: `.o_list_renderer:not(:contains(Alder Works)) ${row("Cedar Mills")}`,
        },
    ],
});

tours.add("collection_payer_group", {
    url: "/odoo/collections-payer-groups",
    steps: () => [
        { content: "the group", trigger: `${row("Tree Companies")} td[name=name]`, run: "click" },
        { content: "its total", trigger: ".o_collection_figure_main:contains($ 14,000.00)" },
        {
            content: "a member",
            trigger: `[name=account_ids] ${row("Alder Works")} td[name=display_name]`,
            run: "click",
        },
        { content: "its page", trigger: page("Alder Works") },
        { content: "the pager goes through the group", trigger: ".o_pager_counter:contains(/ 2)" },
        { content: "next member", trigger: ".o_pager_next", run: "click" },
        { content: "Birch", trigger: page("Birch Supply") },
        {
            content: "back to the group",
            trigger: "button[name=action_view_payer_group]",
            run: "click",
        },
        {
            content: "one call",
            trigger: "button[name=action_work_done]:contains(Done for All)",
            run: "click",
        },
        { content: "for both", trigger: ".modal:contains(This applies to):contains(2)" },
        {
            content: "an outcome",
            trigger: ".modal .o_radio_item:contains(Reviewed, nothing to do) input",
            run: "click",
        },
        { content: "save", trigger: ".modal button[name=action_apply]:visible", run: "click" },
        { content: "none is left", trigger: ".o_collection_figure:contains(0 of 2)" },
    ],
});

tours.add("collection_transfer", {
    url: "/odoo/collections-transfers/new",
    steps: () => [
        { content: "from", trigger: "[name=from_user_id] input", run: "edit Tour Collector" },
        {
            content: "the collector",
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Collector) a",
            run: "click",
        },
        { content: "to", trigger: "[name=to_user_id] input", run: "edit Tour Colleague" },
        {
            content: "the colleague",
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Colleague) a",
            run: "click",
        },
        { content: "from today", trigger: "[name=date_from] input", run: "edit 03/18/2026" },
        { content: "until", trigger: "[name=date_to] input", run: "edit 03/20/2026" },
        { content: "why", trigger: "[name=reason] input", run: "edit Annual leave" },
        { content: "what would move", trigger: ".o_form_sheet:contains(accounts would move)" },
        { content: "confirm", trigger: "button[name=action_confirm]", run: "click" },
        { content: "in force", trigger: ".o_arrow_button_current:contains(In Force)" },
        { content: "the history", trigger: ".o_notebook a[name=history]", run: "click" },
        { content: "tells it", trigger: `[name=assignment_ids] ${row("Alder Works")}` },
    ],
});

tours.add("collection_bulk", {
    url: "/odoo/collections-worklist",
    steps: () => [
        { content: "all", trigger: "thead .o_list_record_selector input", run: "click" },
        { content: "more", trigger: ".o_control_panel button[name=action_bulk]", run: "click" },
        {
            content: "an e-mail",
            trigger: ".modal .o_radio_item:contains(Send an e-mail) input",
            run: "click",
        },
        { content: "template", trigger: ".modal [name=template_id] input", run: "edit Who pays" },
        {
            content: "the one",
            trigger: ".o-autocomplete--dropdown-item:contains(Who pays our invoices) a",
            run: "click",
        },
        { content: "preview", trigger: ".modal button[name=action_preview]", run: "click" },
        { content: "who gets it", trigger: ".modal .o_data_row:contains(alder.works@example.com)" },
        {
            content: "who does not, and why",
            trigger: ".modal .o_data_row:contains(Cedar Mills):contains(Do not e-mail)",
        },
        { content: "the message", trigger: ".modal [name=sample_body]:contains(accounts payable)" },
        { content: "do it", trigger: ".modal button[name=action_apply]", run: "click" },
        { content: "it says so", trigger: ".o_notification:contains(Done for)" },
        { content: "closed", trigger: closed },
    ],
});

tours.add("collection_data_gap", {
    url: "/odoo/collections-data-gaps",
    steps: () => [
        {
            content: "how many have no phone",
            trigger: ".o_search_panel_category_value:contains(No phone) header:contains(3)",
            run: "click",
        },
        {
            content: "only these",
            trigger: ".o_search_panel_category_value header.active:contains(No phone)",
        },
        {
            content: "one of them",
            trigger: `${row("Birch Supply")}:contains(No phone) td[name=phone]`,
            run: "click",
        },
        {
            content: "its number",
            trigger: ".o_selected_row [name=phone] input",
            run: "edit +1 212-555-0177",
        },
        { content: "save", trigger: ".o_list_button_save", run: "click" },
        { content: "it leaves the list", trigger: `.o_list_renderer:not(:contains(Birch Supply))` },
        {
            content: "one less",
            trigger: ".o_search_panel_category_value:contains(No phone) header:contains(2)",
        },
    ],
});

tours.add("collection_resend", {
    url: "/odoo/collections-worklist",
    steps: () => [
        {
            content: "an account",
            trigger: `${row("Alder Works")} td[name=display_name]`,
            run: "click",
        },
        {
            content: "its invoice again",
            trigger: "[name=open_item_ids] .o_data_row button[name=action_collection_resend]",
            run: "click",
        },
        { content: "it went out", trigger: ".o_notification:contains(alder.works@example.com)" },
        {
            content: "the list says so",
            trigger: "[name=open_item_ids] .o_data_row:contains(alder.works@example.com)",
        },
        { content: "several", trigger: page("Alder Works"), run: "press alt+o" },
        { content: "to whom", trigger: ".modal:contains(alder.works@example.com)" },
        { content: "close", trigger: ".modal", run: "press alt+x" },
        { content: "closed", trigger: closed },
    ],
});
