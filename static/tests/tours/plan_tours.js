import { registry } from "@web/core/registry";

const inStep = (name) => `[name=step_ids] .o_selected_row [name=${name}] input`;
const isState = (label) =>
    `.o_form_view .o_statusbar_status .o_arrow_button_current:contains(${label})`;

registry.category("web_tour.tours").add("collection_plan_submit", {
    steps: () => [
        {
            content: "the account says that a plan is mandatory",
            trigger: ".o_form_view [name=plan_missing]:contains(mandatory)",
        },
        {
            content: "draw it up",
            trigger: "[name=plan_missing] button[name=action_plan]",
            run: "click",
        },
        {
            content: "why",
            trigger: "[name=root_cause] textarea",
            run: "edit The owner waits for a loan",
        },
        {
            content: "if it fails",
            trigger: "[name=fallback] textarea",
            run: "edit Place with the agency",
        },
        {
            content: "the review",
            trigger: "[name=review_date] input",
            run: "edit 04/30/2026 && press Tab",
        },
        {
            content: "a step",
            trigger: "[name=step_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        { content: "what", trigger: inStep("name"), run: "edit First instalment" },
        { content: "when", trigger: inStep("due_date"), run: "edit 03/30/2026 && press Tab" },
        { content: "how much", trigger: inStep("amount_expected"), run: "edit 5000" },
        { content: "submit", trigger: "button[name=action_submit]", run: "click" },
        { content: "it waits", trigger: isState("Submitted") },
    ],
});

registry.category("web_tour.tours").add("collection_plan_return", {
    steps: () => [
        { content: "the plan waits", trigger: isState("Submitted") },
        { content: "return it", trigger: "button:contains(Return)", run: "click" },
        {
            content: "why",
            trigger: ".modal [name=comment] textarea",
            run: "edit Too little for such a debt",
        },
        { content: "refuse", trigger: ".modal .btn-danger[name=action_decide]", run: "click" },
        { content: "returned", trigger: isState("Returned") },
    ],
});

registry.category("web_tour.tours").add("collection_plan_resubmit", {
    steps: () => [
        {
            content: "the reason is there",
            trigger: ".alert:contains(Returned):contains(Too little for such a debt)",
        },
        {
            content: "change the step",
            trigger: "[name=step_ids] .o_data_row:first td[name=amount_expected]",
            run: "click",
        },
        { content: "more", trigger: inStep("amount_expected"), run: "edit 9000" },
        { content: "submit again", trigger: "button[name=action_submit]", run: "click" },
        { content: "it waits", trigger: isState("Submitted") },
    ],
});

registry.category("web_tour.tours").add("collection_plan_review", {
    steps: () => [
        { content: "a new meeting", trigger: ".o_list_button_add", run: "click" },
        { content: "save", trigger: ".o_form_button_save", run: "click" },
        {
            content: "the plan is on the agenda",
            trigger: "[name=item_ids] .o_data_row:contains(Plan of action)",
        },
        {
            content: "discuss it",
            trigger: "[name=item_ids] .o_data_row button[name=action_discuss]",
            run: "click",
        },
        { content: "its facts", trigger: ".o_form_view:contains(The owner waits for a loan)" },
        { content: "an opinion", trigger: ".o_form_view button[name=action_for]", run: "click" },
        { content: "recorded", trigger: "[name=opinion_ids] .o_data_row:contains(For)" },
        { content: "approve", trigger: ".o_form_view button[name=action_approve]", run: "click" },
        { content: "approved", trigger: isState("Approved") },
    ],
});
