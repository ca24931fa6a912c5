import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("collection_exception_ap", {
    steps: () => [
        {
            content: "propose an exception",
            trigger: "button[name=action_new_exception]",
            run: "click",
        },
        {
            content: "which kind",
            trigger: ".o_form_view [name=type_id] input",
            run: "edit Send only",
        },
        {
            content: "only to A/P",
            trigger: ".o-autocomplete--dropdown-item:contains(Send only to A/P)",
            run: "click",
        },
        {
            content: "the customer is filled in",
            trigger: ".o_form_view [name=partner_id] input:value(Tour Customer)",
        },
        {
            content: "why",
            trigger: ".o_form_view [name=instruction] textarea",
            run: "edit As agreed on the phone",
        },
        { content: "propose it", trigger: "button[name=action_propose]", run: "click" },
        {
            content: "it acts already",
            trigger: ".alert:not(.o_invisible_modifier):contains(It protects, and acts already)",
        },
        {
            content: "back to the account",
            trigger: ".o_breadcrumb a:contains(Tour Customer)",
            run: "click",
        },
        {
            content: "the banner tells everybody",
            trigger:
                ".o_collection_exceptions:contains(Send only to Ann Payable):contains(As agreed)",
        },
    ],
});

registry.category("web_tour.tours").add("collection_exception_rerouted", {
    steps: () => [
        { content: "the notices", trigger: ".o_notebook a[name=notices]", run: "click" },
        {
            content: "it went to A/P",
            trigger: "[name=notice_ids] .o_data_row:contains(Ann Payable)",
        },
    ],
});
