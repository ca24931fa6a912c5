import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const option = (label) => `.o-autocomplete--dropdown-item:contains(${label}) a`;

tours.add("collection_dispute_collector", {
    steps: () => [
        {
            content: "all of it is collectible",
            trigger: ".o_collection_figure_main:contains($ 3,150.75)",
        },
        { content: "dispute", trigger: "button[name=action_dispute]", run: "click" },
        { content: "the only invoice is chosen", trigger: ".modal [name=item_ids] .o_tag" },
        {
            content: "why",
            trigger: ".modal [name=reason_id] input",
            run: "edit Freight",
        },
        { content: "freight", trigger: option("Freight"), run: "click" },
        {
            content: "only the freight is disputed",
            trigger: ".modal [name=amount]:contains(150.75)",
        },
        { content: "the rest stays", trigger: ".modal [name=amount_rest]:contains(3,000.00)" },
        {
            content: "hand it over",
            trigger: ".modal button[name=action_open]",
            run: "click",
        },
        {
            content: "the rest is collectible",
            trigger: ".o_collection_figure_main:contains($ 3,000.00)",
        },
        {
            content: "the disputed part is shown",
            trigger: ".o_collection_figures:contains(Disputed):contains($ 150.75)",
        },
        { content: "the account's disputes", trigger: "a[name=disputes]", run: "click" },
        {
            content: "with its state",
            trigger: "[name=dispute_ids] .o_data_row:contains(Freight):contains(Routed)",
        },
    ],
});

tours.add("collection_dispute_resolver", {
    steps: () => [
        { content: "my card", trigger: ".o_kanban_record:contains(Price Inc.)", run: "click" },
        { content: "the form", trigger: ".o_form_view:contains(Price Inc.)" },
        { content: "take it", trigger: "button[name=action_review]", run: "click" },
        { content: "decide", trigger: "button[name=action_decide]", run: "click" },
        {
            content: "partly",
            trigger: ".modal [name=decision] .o_radio_item:contains(Partly) input",
            run: "click",
        },
        {
            content: "how much",
            trigger: ".modal .o_data_row [name=accepted_currency]",
            run: "click",
        },
        {
            content: "250",
            trigger: ".modal .o_data_row [name=accepted_currency] input",
            run: "edit 250",
        },
        {
            content: "why the rest is refused",
            trigger: ".modal [name=explanation] textarea",
            run: "edit The rest was agreed",
        },
        { content: "decide", trigger: ".modal button[name=action_decide]", run: "click" },
        {
            content: "a credit note was made",
            trigger: ".o_form_view [name=credit_note_names]:contains(Draft)",
        },
    ],
});
