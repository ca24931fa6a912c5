import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("collection_card_payment_charge", {
    steps: () => [
        {
            content: "the account with its overdue items",
            trigger: ".o_form_view .o_collection_figure_main:contains($ 300.00)",
        },
        { content: "take a payment", trigger: "button[name=action_take_payment]", run: "click" },
        {
            content: "the saved card is proposed",
            trigger: ".modal [name=token_id] input:value(4242)",
        },
        {
            content: "what the customer pays",
            trigger: ".modal [name=spread] input",
            run: "edit 150",
        },
        {
            content: "who agreed",
            trigger: ".modal [name=consent_name] input",
            run: "edit Ann Payable",
        },
        { content: "agreed", trigger: ".modal [name=is_agreed] input", run: "click" },
        {
            content: "the oldest items are filled in",
            trigger: ".modal [name=consent_text]:contains(150.00)",
        },
        { content: "charge", trigger: ".modal button[name=action_charge]", run: "click" },
        {
            content: "it is paid",
            trigger: "body:not(:has(.modal)) .o_form_view .o_arrow_button_current:contains(Paid)",
        },
        { content: "with a receipt", trigger: ".o_form_view [name=receipt_number]:contains(REC/)" },
    ],
});
