import { InterludeChat } from "./element.ts";

if (!customElements.get("interlude-chat")) customElements.define("interlude-chat", InterludeChat);
