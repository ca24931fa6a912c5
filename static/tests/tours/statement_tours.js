import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("collection_statement_make", {
    steps: () => [
        { content: "a statement", trigger: "button[name=action_statement]", run: "click" },
        {
            content: "of what happened",
            trigger: ".modal .o_field_widget[name=kind] .o_radio_item:contains(Activity) input",
            run: "click",
        },
        {
            content: "from which day",
            trigger: ".modal .o_field_widget[name=date_from]",
        },
        {
            content: "as a workbook",
            trigger:
                ".modal .o_field_widget[name=delivery] .o_radio_item:contains(One workbook) input",
            run: "click",
        },
        { content: "preview", trigger: ".modal button[name=action_preview]", run: "click" },
        {
            content: "who gets one, and of how much",
            trigger: ".modal .o_data_row:contains(Tour Customer):contains(1,000.00)",
        },
        { content: "make it", trigger: ".modal button[name=action_make]", run: "click" },
        {
            content: "it is done",
            trigger: ".o_form_view .o_arrow_button_current:contains(Done)",
        },
        {
            content: "to the statement",
            trigger: "button[name=action_view_statements]",
            run: "click",
        },
        {
            content: "it is kept",
            trigger: ".o_list_view .o_data_row:contains(Tour Customer):contains(Printed)",
        },
    ],
});
