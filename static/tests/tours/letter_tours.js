import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("collection_letter_write", {
    steps: () => [
        { content: "the account", trigger: ".o_form_view :contains(Post Only)" },
        { content: "write a letter", trigger: "button[name=action_write_letter]", run: "click" },
        { content: "of which kind", trigger: ".modal [name=kind] input", run: "click" },
        {
            content: "a balance confirmation",
            trigger: ".o_select_menu_item:contains(Balance confirmation)",
            run: "click",
        },
        { content: "as of today", trigger: ".modal .o_field_widget[name=as_of]" },
        { content: "preview", trigger: ".modal button[name=action_preview]", run: "click" },
        { content: "who gets it", trigger: ".modal .o_data_row:contains(Post Only)" },
        { content: "as it will be read", trigger: ".modal [name=sample]:contains(1,200.00)" },
        {
            content: "print it later",
            trigger: ".modal button[name=action_queue]:visible",
            run: "click",
        },
        { content: "it waits", trigger: ".o_notification:contains(Letters to Print)" },
    ],
});
