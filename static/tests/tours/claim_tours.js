import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("collection_claim_take", {
    steps: () => [
        {
            content: "the account with its overdue item",
            trigger: ".o_form_view .o_collection_figure_main:contains($ 1,800.00)",
        },
        { content: "they say it is paid", trigger: "button[name=action_claim]", run: "click" },
        { content: "the amount", trigger: ".modal [name=amount] input", run: "edit 1800" },
        {
            content: "the check's number",
            trigger: ".modal [name=reference] input",
            run: "edit 4711",
        },
        {
            content: "the item fits",
            trigger: ".modal [name=line_ids] .o_data_row:contains(1,800.00)",
        },
        { content: "hold and search", trigger: ".modal button[name=action_apply]", run: "click" },
        {
            content: "the sister's receipt was found",
            trigger: "[name=candidate_ids] .o_data_row:contains(Tour Sister)",
        },
        {
            content: "ask to apply it",
            trigger: "[name=candidate_ids] .o_data_row button[name=action_request]",
            run: "click",
        },
        {
            content: "the request to the cashier is open",
            trigger: ".o_form_view [name=requested_by_id]:contains(Tour Collector)",
        },
    ],
});

registry.category("web_tour.tours").add("collection_claim_apply", {
    steps: () => [
        { content: "apply", trigger: ".o_form_view button[name=action_apply]", run: "click" },
        {
            content: "it is applied",
            trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Applied)",
        },
    ],
});
