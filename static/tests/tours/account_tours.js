import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const row = (customer) => `.o_data_row:contains(${customer})`;
const page = (customer) => `.o_form_view .o_collection_head:contains(${customer})`;
const place = (text) => `.o_pager_counter:contains(${text})`;
const outcome = (label) => `.modal .o_radio_item:contains(${label}) input`;

tours.add("collection_worklist", {
    url: "/odoo/collections-worklist",
    steps: () => [
        {
            content: "the most urgent account comes first",
            trigger: ".o_data_row:first:contains(Alder Works)",
        },
        {
            content: "its aging is drawn, and told to those who do not see it",
            trigger: `${row("Alder Works")} [role=img][aria-label*='31–60: $']`,
        },
        {
            content: "a colleague's account is not there",
            trigger: `.o_list_renderer:not(:contains(Elm Trading))`,
        },
        {
            content: "open the account",
            trigger: `${row("Alder Works")} td[name=display_name]`,
            run: "click",
        },
        { content: "the pager goes through the worklist", trigger: `${page("Alder Works")}` },
        { content: "the first of four", trigger: place("1 / 4") },
        { content: "the figures", trigger: ".o_collection_figure_main:contains($ 12,000.00)" },
        {
            content: "the rules that brought it here",
            trigger: ".o_collection_priority_lines:contains(Collectible 10,000)",
        },
        { content: "on to the next", trigger: ".o_pager_next", run: "click" },
        { content: "Birch follows", trigger: page("Birch Supply") },
        { content: "and back", trigger: ".o_pager_previous", run: "click" },
        { content: "Alder again", trigger: page("Alder Works") },

        { content: "done", trigger: "button[name=action_work_done]", run: "click" },
        {
            content: "without an outcome",
            trigger: ".modal button[name=action_apply_next]",
            run: "click",
        },
        { content: "it is not saved", trigger: ".modal .o_field_invalid[name=reason_id]" },
        { content: "choose one", trigger: outcome("Reviewed, nothing to do"), run: "click" },
        { content: "a note", trigger: ".modal [name=note] textarea", run: "edit Pays on Friday" },
        {
            content: "what comes next",
            trigger: ".modal [name=next_action] input",
            run: "edit Check the bank",
        },
        {
            content: "save and go on",
            trigger: ".modal button[name=action_apply_next]",
            run: "click",
        },
        { content: "the next account opens in the same page", trigger: page("Birch Supply") },
        { content: "the pager knows its place", trigger: place("2 / 4") },
        {
            content: "the way back leads to the worklist",
            trigger: ".o_breadcrumb:contains(Worklist)",
        },

        { content: "skip", trigger: "button[name=action_work_skip]", run: "click" },
        { content: "without a reason", trigger: ".modal button[name=action_apply]", run: "click" },
        { content: "it is not saved", trigger: ".modal .o_field_invalid[name=reason_id]" },
        { content: "choose one", trigger: outcome("No time today"), run: "click" },
        {
            content: "save and go on",
            trigger: ".modal button[name=action_apply_next]",
            run: "click",
        },
        { content: "Cedar follows", trigger: page("Cedar Mills") },

        { content: "snooze", trigger: "button[name=action_work_snooze]", run: "click" },
        {
            content: "until",
            trigger: ".modal [name=next_action_date] input",
            run: "edit 03/25/2026",
        },
        {
            content: "save",
            trigger: ".modal button[name=action_apply]:not(.btn-primary)",
            run: "click",
        },
        { content: "it says so", trigger: ".o_collection_head:contains(Snoozed until)" },

        { content: "the next by its button", trigger: "button[name=action_next]", run: "click" },
        { content: "nobody's account comes last", trigger: page("Dogwood Motors") },
        {
            content: "something to collect",
            trigger: ".o_collection_figure_main:contains($ 300.00)",
        },
        {
            content: "pause",
            trigger: ".o_form_statusbar button:contains(Pause Items)",
            run: "click",
        },
        { content: "the item", trigger: ".modal .o_data_row [name=selected] input", run: "click" },
        { content: "until", trigger: ".modal [name=date_until] input", run: "edit 04/10/2026" },
        {
            content: "why",
            trigger: ".modal [name=reason] input",
            run: "edit New proof of delivery is on its way",
        },
        { content: "pause it", trigger: ".modal button[name=action_place]", run: "click" },
        {
            content: "nothing is left to collect",
            trigger: ".o_collection_figure_main:contains($ 0.00)",
        },
        { content: "the hold", trigger: ".o_notebook a[name=holds]", run: "click" },
        { content: "with its reason", trigger: `[name=hold_ids] ${row("New proof of delivery")}` },

        { content: "nothing is left to work", trigger: "button[name=action_next]", run: "click" },
        { content: "which is told", trigger: ".o_notification:contains(Your worklist is done)" },
        { content: "back to the list", trigger: ".o_back_button", run: "click" },
        { content: "it is empty", trigger: ".o_view_nocontent:contains(Your worklist is done)" },
    ],
});

const closed = "body:not(:has(.modal))";

tours.add("collection_worklist_keyboard", {
    url: "/odoo/collections-worklist",
    steps: () => [
        { trigger: `${row("Alder Works")} td[name=display_name]`, run: "click" },
        { content: "next in the pager", trigger: page("Alder Works"), run: "press alt+n" },
        { content: "previous in the pager", trigger: page("Birch Supply"), run: "press alt+p" },
        { content: "next account", trigger: page("Alder Works"), run: "press alt+g" },
        { content: "pause items", trigger: page("Birch Supply"), run: "press alt+w" },
        { content: "rather not", trigger: ".modal [name=line_ids]", run: "press alt+x" },
        { content: "snooze", trigger: closed, run: "press alt+z" },
        {
            content: "rather not",
            trigger: ".modal-title:contains(Snooze: Birch)",
            run: "press alt+x",
        },
        { content: "skip", trigger: closed, run: "press alt+x" },
        {
            content: "rather not",
            trigger: ".modal-title:contains(Skip for Today)",
            run: "press alt+x",
        },
        { content: "done", trigger: closed, run: "press alt+d" },
        { content: "the outcome is in focus", trigger: ".modal .o_radio_item input:focus" },
        { content: "choose", trigger: outcome("Reviewed, nothing to do"), run: "click" },
        { content: "save and go on", trigger: ".modal", run: "press alt+q" },
        { content: "Cedar follows", trigger: page("Cedar Mills") },
        { content: "nothing is open", trigger: closed },
    ],
});

tours.add("collection_worklist_selection", {
    url: "/odoo/collections-worklist",
    steps: () => [
        {
            content: "tick one",
            trigger: `${row("Birch Supply")} .o_list_record_selector input`,
            run: "click",
        },
        {
            content: "and another",
            trigger: `${row("Cedar Mills")} .o_list_record_selector input`,
            run: "click",
        },
        {
            content: "done",
            trigger: ".o_control_panel button[name=action_work_done]",
            run: "click",
        },
        { content: "both", trigger: ".modal:contains(This applies to):contains(2)" },
        { content: "an outcome", trigger: outcome("Reviewed, nothing to do"), run: "click" },
        { content: "save", trigger: ".modal button[name=action_apply]", run: "click" },
        {
            content: "they leave the list",
            trigger: `.o_list_renderer:not(:contains(Birch Supply)):not(:contains(Cedar Mills))`,
        },
        { content: "nothing is ticked", trigger: ".o_control_panel:not(:has(.o_selection_box))" },
        { content: "the others stay", trigger: row("Alder Works") },
    ],
});

tours.add("collection_accounts_manager", {
    url: "/odoo/collections-accounts",
    steps: () => [
        { content: "everybody's accounts", trigger: row("Elm Trading") },
        { content: "group", trigger: ".o_searchview_dropdown_toggler", run: "click" },
        {
            content: "by collector",
            trigger: ".o_group_by_menu .o_menu_item:contains(Collector)",
            run: "click",
        },
        {
            content: "a collector's group",
            trigger: ".o_group_header:contains(Tour Colleague)",
            run: "click",
        },
        { content: "holds the account", trigger: row("Elm Trading") },
        { content: "as cards", trigger: ".o_switch_view.o_kanban", run: "click" },
        {
            content: "with the aging drawn",
            trigger: ".o_kanban_record:contains(Elm Trading) .o_collection_aging_bar",
        },
        { content: "open a card", trigger: ".o_kanban_record:contains(Elm Trading)", run: "click" },
        { content: "its page", trigger: page("Elm Trading") },
        {
            content: "a bucket",
            trigger: ".o_collection_aging_legend button[name=aging_1]:contains(1–30)",
            run: "click",
        },
        { content: "leads to its items", trigger: `.o_list_view .o_data_row:contains(500.00)` },
        { content: "and to no others", trigger: ".o_list_view:not(:contains(4,000.00))" },
        { content: "back", trigger: ".o_back_button", run: "click" },
        {
            content: "an open item",
            trigger: "[name=open_item_ids] .o_data_row:contains(4,000.00) td[name=move_name]",
            run: "click",
        },
        {
            content: "leads to its invoice",
            trigger: ".o_form_view .o_arrow_button_current:contains(Posted)",
        },
    ],
});
