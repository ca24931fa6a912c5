import { registry } from "@web/core/registry";

const group = (customer) => `.o_group_header:contains(${customer})`;

registry.category("web_tour.tours").add("collection_aging_last_month", {
    steps: () => [
        { content: "choose another date", trigger: "button[name=action_choose]", run: "click" },
        {
            content: "the end of last month",
            trigger: ".modal .o_radio_item:contains(End of Last Month) input",
            run: "click",
        },
        {
            content: "it ties to the ledger",
            trigger: ".modal [name=amount_difference]:contains(0.00)",
        },
        { content: "on its date", trigger: ".modal [name=date]:contains(02/28/2026)" },
        { content: "open it", trigger: ".modal-footer .btn-primary", run: "click" },
        { content: "the title names the date", trigger: ".o_breadcrumb:contains(28)" },
        { content: "what was open then is there", trigger: group("Old Debt Ltd") },
        { content: "what was paid since then, too", trigger: group("Paid in March Inc") },
        {
            content: "what came later is not",
            trigger: ".o_list_renderer:not(:contains(Later LLC))",
        },
        { content: "look at its items", trigger: group("Old Debt Ltd"), run: "click" },
        {
            content: "22 days overdue on that day",
            trigger: ".o_data_row td[name=days_overdue]:contains(22)",
        },
    ],
});
