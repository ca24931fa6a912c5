import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("collection_escalate", {
    steps: () => [
        { content: "escalate", trigger: "button[name=action_escalate]", run: "click" },
        {
            content: "the assistant manager is proposed",
            trigger: ".modal [name=user_id] input:value(Ana Assistant)",
        },
        {
            content: "nothing said",
            trigger: ".modal button[name=action_open]",
            run: "click",
        },
        { content: "it asks what it is about", trigger: ".modal:contains(Say what it is about)" },
        {
            content: "close",
            trigger: ".modal:contains(Say what it is about) .modal-footer button",
            run: "click",
        },
        {
            content: "what it is about",
            trigger: ".modal [name=reason] textarea",
            run: "edit They do not answer any more",
        },
        { content: "escalate", trigger: ".modal button[name=action_open]", run: "click" },
        {
            content: "the page says with whom it is",
            trigger: ".alert[name=escalated]:contains(Ana Assistant decides by)",
        },
    ],
});

tours.add("collection_escalation_decide", {
    steps: () => [
        {
            content: "what waits for me",
            trigger: ".o_data_row:contains(Acme Corp.) [name=reason]",
            run: "click",
        },
        { content: "decide", trigger: ".o_form_view button[name=action_decide]", run: "click" },
        {
            content: "credit hold",
            trigger: ".modal [name=decision] .o_radio_item:contains(Credit hold) input",
            run: "click",
        },
        { content: "what it does", trigger: ".modal [name=effect]:contains(Chasing goes on)" },
        {
            content: "why",
            trigger: ".modal [name=note] textarea",
            run: "edit Nothing more on credit",
        },
        { content: "decide", trigger: ".modal button[name=action_decide]", run: "click" },
        {
            content: "decided",
            trigger: ".o_form_view [name=decision]:contains(Credit hold)",
        },
        { content: "the account", trigger: "button[name=action_view_account]", run: "click" },
        {
            content: "is on hold",
            trigger: ".alert[name=credit_hold]:contains(Nothing more on credit)",
        },
    ],
});

tours.add("collection_credit_hold_lift", {
    steps: () => [
        {
            content: "lift it",
            trigger: ".alert[name=credit_hold] button[name=action_lift_credit_hold]",
            run: "click",
        },
        {
            content: "why",
            trigger: ".modal [name=reason] textarea",
            run: "edit Paid by wire this morning",
        },
        {
            content: "lift",
            trigger: ".modal button[name=action_end]:visible",
            run: "click",
        },
        {
            content: "the banner is gone",
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(.alert[name=credit_hold]:visible))",
        },
    ],
});
