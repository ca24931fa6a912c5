import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("collection_dunning_run", {
    url: "/odoo/collections-runs",
    steps: () => [
        { content: "start a run", trigger: ".o_list_button_add", run: "click" },
        {
            content: "work out who gets what",
            trigger: "button[name=action_simulate]",
            run: "click",
        },
        {
            content: "the overdue customer gets a reminder",
            trigger:
                ".o_field_widget[name=going_out_ids] .o_data_row:contains(Overdue Ltd):contains(Reminder)",
        },
        {
            content: "one item is left out",
            trigger: "button[name=action_view_left_out]:contains(1)",
            run: "click",
        },
        {
            content: "the reason is told",
            trigger: ".o_group_header:contains(Paused by a person)",
            run: "click",
        },
        {
            content: "for the customer whose item is paused",
            trigger: ".o_data_row:contains(Paused Inc)",
        },
        { content: "back to the run", trigger: ".o_back_button", run: "click" },
        { content: "let it go", trigger: "button[name=action_confirm]", run: "click" },
        { content: "yes", trigger: ".modal-footer .btn-primary", run: "click" },
        {
            content: "the run is on its way",
            trigger: ".o_arrow_button_current:contains(Confirmed)",
        },
    ],
});

tours.add("collection_dunning_reason", {
    url: "/odoo/collections-left-out",
    steps: () => [
        {
            content: "why is it not chased?",
            trigger: ".o_group_header:contains(Paused by a person)",
            run: "click",
        },
        {
            content: "open the customer",
            trigger: ".o_data_row:contains(Paused Inc) td[name=move_name]",
            run: "click",
        },
        { content: "the account's page", trigger: ".o_form_view :contains(Paused Inc)" },
        { content: "its holds", trigger: ".nav-link:contains(Holds)", run: "click" },
        {
            content: "with the reason",
            trigger: ".o_field_widget[name=hold_ids]:contains(The customer asked for a week)",
        },
    ],
});

tours.add("collection_dunning_letters", {
    url: "/odoo/collections-letters",
    steps: () => [
        { content: "two letters wait", trigger: ".o_data_row:contains(Boston Paper)" },
        {
            content: "choose all",
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "print them",
            trigger: "button[name=action_print_letters]",
            run: "click",
        },
        {
            content: "one batch, printed",
            trigger: ".o_form_view .o_arrow_button_current:contains(Printed)",
        },
        {
            content: "two letters in it",
            trigger: ".o_field_widget[name=printed_count]:contains(2)",
        },
        { content: "the file is there", trigger: "iframe.o_pdfview_iframe" },
        {
            content: "look at its letters",
            trigger: "button[name=action_view_letters]",
            run: "click",
        },
        {
            content: "they are sent",
            trigger: ".o_data_row:contains(Austin Mills) .badge:contains(Sent)",
        },
    ],
});

tours.add("collection_dunning_version", {
    url: "/odoo/collections-policies",
    steps: () => [
        {
            content: "the policy in use",
            trigger: ".o_data_row:contains(Standard) td[name=name]",
            run: "click",
        },
        {
            content: "its steps stay as they are",
            trigger: ".alert:contains(Runs went by these steps)",
        },
        { content: "a new version", trigger: "button[name=action_new_version]", run: "click" },
        { content: "it is a draft", trigger: ".alert:contains(A draft: nobody is chased by it)" },
        {
            content: "change the reminder",
            trigger: ".o_field_widget[name=step_ids] .o_data_row:contains(Past due) td[name=days]",
            run: "click",
        },
        {
            content: "to day 16",
            trigger: ".o_field_widget[name=step_ids] .o_selected_row [name=days] input",
            run: "edit 16",
        },
        { content: "put it in force", trigger: "button[name=action_put_in_force]", run: "click" },
        { content: "yes", trigger: ".modal-footer .btn-primary", run: "click" },
        {
            content: "valid from tomorrow",
            trigger: ".o_field_widget[name=validity]:contains(Not yet valid)",
        },
    ],
});
