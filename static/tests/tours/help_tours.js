import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const row = (text) => `.o_data_row:contains(${text})`;
const closed = "body:not(:has(.modal))";
const state = (label) => `.o_arrow_button_current:contains(${label})`;
const account = (name) => [
    {
        content: `look for ${name}`,
        trigger: ".modal [name=account_ids]:visible input",
        run: `edit ${name}`,
    },
    { content: name, trigger: `.dropdown-item:contains(${name})`, run: "click" },
    {
        content: "chosen",
        trigger: `.modal [name=account_ids]:visible .o_tag:contains(${name})`,
    },
];

tours.add("collection_help_ask", {
    url: "/odoo/collections-accounts",
    steps: () => [
        { content: "one", trigger: `${row("Acme")} .o_list_record_selector input`, run: "click" },
        {
            content: "and another",
            trigger: `${row("Birch")} .o_list_record_selector input`,
            run: "click",
        },
        { content: "ask", trigger: "button[name=action_ask_partner]", run: "click" },
        {
            content: "one request for both",
            trigger: ".modal [name=preview] tr:contains(Dealer):contains(Acme, Birch)",
        },
        { content: "send", trigger: ".modal button[name=action_send]", run: "click" },
        { content: "asked", trigger: state("Asked") },
        { content: "with both", trigger: `[name=line_ids] ${row("Birch")}` },
    ],
});

tours.add("collection_help_close", {
    url: "/odoo/collections-help",
    steps: () => [
        {
            content: "the answer is there",
            trigger: `${row("Answered")} td[name=name]`,
            run: "click",
        },
        {
            content: "what they said",
            trigger: "[name=answer] textarea:value(Both pay on Friday)",
        },
        {
            content: "solved",
            trigger: "[name=result] .o_radio_item:contains(Solved):first input",
            run: "click",
        },
        { content: "close", trigger: "button[name=action_close]:visible", run: "click" },
        { content: "closed", trigger: state("Closed") },
    ],
});

tours.add("collection_partner_call", {
    steps: () => [
        { content: "log", trigger: "button[name=action_collection_contact]", run: "click" },
        ...account("Acme"),
        ...account("Birch"),
        { content: "no promise of a partner", trigger: ".modal:not(:contains(promised to pay))" },
        {
            content: "they help",
            trigger: ".modal .o_radio_item:contains(takes care) input",
            run: "click",
        },
        { content: "a note", trigger: ".modal [name=note] textarea", run: "edit Calls both today" },
        { content: "save", trigger: ".modal button[name=action_done]:visible", run: "click" },
        { content: "saved", trigger: closed },
        { content: "their requests", trigger: "button[name=action_view_collection_helps]" },
    ],
});
