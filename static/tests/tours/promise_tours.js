import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("collection_promise_take", {
    steps: () => [
        {
            content: "the account with its overdue item",
            trigger: ".o_form_view .o_collection_figure_main:contains($ 20,000.00)",
        },
        { content: "take a promise", trigger: "button[name=action_promise]", run: "click" },
        { content: "the amount", trigger: ".modal [name=amount] input", run: "edit 20000" },
        {
            content: "on Friday",
            trigger: ".modal [name=quick_date] .o_selection_badge:contains(Friday):first",
            run: "click",
        },
        {
            content: "the oldest item is filled in",
            trigger: ".modal [name=line_ids] .o_data_row:contains(20,000.00)",
        },
        { content: "confirm", trigger: ".modal button[name=action_apply]", run: "click" },
        {
            content: "nothing is chased any more",
            trigger: "body:not(:has(.modal)) .o_collection_figure_main:contains($ 0.00)",
        },
        { content: "promises", trigger: ".o_notebook a[name=promises]", run: "click" },
        { content: "it is there, open", trigger: "[name=promise_ids] .o_data_row:contains(Open)" },
    ],
});

registry.category("web_tour.tours").add("collection_promise_kept", {
    steps: () => [
        {
            content: "the promise was kept",
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Kept)",
        },
        {
            content: "with what was received",
            trigger: ".o_form_view [name=amount_received_currency]:contains(20,000.00)",
        },
        {
            content: "in the instalment too",
            trigger: "[name=installment_ids] .o_data_row:contains(Kept)",
        },
    ],
});
