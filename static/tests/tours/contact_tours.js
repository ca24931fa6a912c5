import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const row = (customer) => `.o_data_row:contains(${customer})`;
const page = (customer) => `.o_form_view .o_collection_head:contains(${customer})`;
const outcome = (label) => `.modal .o_radio_item:contains(${label}) input`;
const closed = "body:not(:has(.modal))";

tours.add("collection_call", {
    url: "/odoo/collections-worklist",
    steps: () => [
        { trigger: `${row("Alder Works")} td[name=display_name]`, run: "click" },
        {
            content: "the number to call, and what time it is there",
            trigger: `${page("Alder Works")} ~ .o_collection_contact_line:contains(Wed 11:00 EDT)`,
        },
        { content: "call", trigger: ".o_collection_contact_line .o_collection_dial", run: "click" },
        { content: "the clock runs", trigger: ".modal .o_collection_timer [role=timer]" },
        { content: "what to say", trigger: ".modal .o_collection_script:contains(Alder)" },
        {
            content: "without an outcome",
            trigger: ".modal button[name=action_done_next]",
            run: "click",
        },
        { content: "it is not saved", trigger: ".modal .o_field_invalid[name=outcome_id]" },
        { content: "it is no e-mail", trigger: ".modal:not(:contains(E-mail sent))" },
        { content: "choose one", trigger: outcome("promised to pay"), run: "click" },
        { content: "a note", trigger: ".modal [name=note] textarea", run: "edit By ACH" },
        {
            content: "what comes next",
            trigger: ".modal [name=next_action] input",
            run: "edit Check the bank",
        },
        {
            content: "when",
            trigger: ".modal [name=next_action_date] input",
            run: "edit 03/20/2026",
        },
        {
            content: "save and go on",
            trigger: ".modal button[name=action_done_next]",
            run: "click",
        },
        {
            content: "what was promised",
            trigger: ".modal [name=amount] input",
            run: "edit 12000",
        },
        {
            content: "on Friday",
            trigger: ".modal [name=quick_date] .o_selection_badge:contains(Friday):first",
            run: "click",
        },
        {
            content: "the oldest item is filled in",
            trigger: ".modal [name=line_ids] .o_data_row:contains(12,000.00)",
        },
        { content: "confirm", trigger: ".modal button[name=action_apply]", run: "click" },
        { content: "the next account", trigger: page("Birch Supply") },
        { content: "nothing is open", trigger: closed },
        { content: "log an inbound call", trigger: page("Birch Supply"), run: "press alt+l" },
        {
            content: "inbound",
            trigger: ".modal [name=direction] .o_radio_item:contains(Inbound) input",
            run: "click",
        },
        { content: "nobody dialled", trigger: ".modal:not(:contains(Left a message))" },
        { content: "something else", trigger: outcome("something else"), run: "click" },
        { content: "a note", trigger: ".modal [name=note] textarea", run: "edit Asks for terms" },
        { content: "save", trigger: ".modal button[name=action_done]:visible", run: "click" },
        { content: "saved", trigger: closed },
        { content: "its history", trigger: ".o_notebook a[name=contacts]", run: "click" },
        {
            content: "has the call",
            trigger: `[name=contact_activity_ids] ${row("Asks for terms")}`,
        },
        { content: "people", trigger: ".o_notebook a[name=people]", run: "click" },
        { content: "each with a number", trigger: `[name=people_ids] .o_collection_dial` },
    ],
});

tours.add("collection_call_blocked", {
    url: "/odoo/collections-worklist",
    steps: () => [
        { trigger: `${row("Cedar Mills")} td[name=display_name]`, run: "click" },
        {
            content: "too early there",
            trigger: ".o_collection_contact_line:contains(Not now)",
        },
        { content: "call", trigger: ".o_collection_contact_line .o_collection_dial", run: "click" },
        { content: "it may not begin", trigger: ".modal .alert:contains(07:00 AKDT)" },
        { content: "unless they asked for it", trigger: ".modal button[name=action_asked]" },
        { content: "a manager may", trigger: ".modal button[name=action_ask]" },
        { content: "leave it", trigger: ".modal button:contains(Do Not Call)", run: "click" },
        { content: "still here", trigger: closed },
    ],
});

tours.add("collection_call_opened", {
    url: "/odoo/collections-worklist",
    steps: () => [
        { trigger: `${row("Cedar Mills")} td[name=display_name]`, run: "click" },
        { content: "call", trigger: ".o_collection_contact_line .o_collection_dial", run: "click" },
        { content: "nobody answers", trigger: outcome("No answer"), run: "click" },
        { content: "save", trigger: ".modal button[name=action_done]:visible", run: "click" },
        { content: "saved", trigger: closed },
    ],
});

tours.add("collection_write", {
    url: "/odoo/collections-worklist",
    steps: () => [
        { trigger: `${row("Alder Works")} td[name=display_name]`, run: "click" },
        { content: "write", trigger: page("Alder Works"), run: "press alt+e" },
        { content: "the text", trigger: ".modal [name=body]:contains(Dear)" },
        { content: "the table", trigger: ".modal [name=items_preview] table:contains(Total)" },
        { content: "send", trigger: ".modal button[name=action_send]", run: "click" },
        { content: "sent", trigger: closed },
        { content: "its history", trigger: ".o_notebook a[name=contacts]", run: "click" },
        { content: "has it", trigger: `[name=contact_activity_ids] ${row("E-mail sent")}` },
    ],
});

tours.add("collection_inquiry", {
    url: "/odoo/collections-worklist",
    steps: () => [
        { trigger: `${row("Alder Works")} td[name=display_name]`, run: "click" },
        { content: "ask", trigger: "button[name=action_new_inquiry]", run: "click" },
        {
            content: "what for",
            trigger: ".o_form_view [name=type_id] input",
            run: "edit Copy",
        },
        {
            content: "a copy",
            trigger: ".dropdown-item:contains(Copy of an invoice)",
            run: "click",
        },
        { content: "in words", trigger: "[name=question] textarea", run: "edit All of March" },
        {
            content: "the deadline",
            trigger: "[name=deadline]:contains(Mar 19), [name=deadline] input",
        },
        { content: "answer", trigger: "button[name=action_answer]", run: "click" },
        { content: "the text", trigger: ".modal [name=body]:contains(Attached)" },
        {
            content: "no attachments here",
            trigger: ".modal [name=attach_documents] input",
            run: "click",
        },
        { content: "send", trigger: ".modal button[name=action_send]", run: "click" },
        { content: "answered", trigger: ".o_arrow_button_current:contains(Answered)" },
        { content: "close", trigger: "button[name=action_close]", run: "click" },
        { content: "closed", trigger: ".o_arrow_button_current:contains(Closed)" },
    ],
});
