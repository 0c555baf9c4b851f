// <interlude-chat server="https://..." mode="launcher|inline" theme="auto|light|dark" exit="https://...">
// Events for the page around it: interlude-open and interlude-close. Nothing of the conversation leaves the element.

import { Api } from "./api.ts";
import { Conversation, type Trouble, type Turn, type View } from "./conversation.ts";
import { breathing } from "./breathing.ts";
import { button, h, outside, paragraphs } from "./dom.ts";
import { Sheets } from "./sheets.ts";
import { Store } from "./store.ts";
import styles from "./styles.css?inline";
import { texts } from "./texts.ts";
import type { Reply } from "./types.ts";

const ELSEWHERE = "https://www.wikipedia.org/";
const EDGE = 12;
const PATIENCE = 500;
// As in the styles: so little height that the numbers are one line until they are opened.
const LOW = "(max-height: 26em)";

export class InterludeChat extends HTMLElement implements View {
  private readonly root: ShadowRoot;
  private conversation!: Conversation;
  private sheets!: Sheets;
  private server = "";
  private shown = new Map<string, { element: HTMLElement; replies: number }>();
  private helpWanted = false;
  private cardSmall = false;
  private lastLevel = "none";
  private patience: ReturnType<typeof setTimeout> | undefined;
  private fetching = false;

  private box!: HTMLElement;
  private launcher!: HTMLButtonElement;
  private panel!: HTMLElement;
  private store!: Store;
  private cardBox!: HTMLElement;
  private cardFirst!: HTMLElement;
  private cardText!: HTMLElement;
  private cardToggle!: HTMLButtonElement;
  private log!: HTMLElement;
  private intro!: HTMLElement;
  private ended!: HTMLElement;
  private status!: HTMLElement;
  private typing!: HTMLElement;
  private quick!: HTMLElement;
  private field!: HTMLTextAreaElement;
  private helpButton!: HTMLButtonElement;
  private menuButton!: HTMLButtonElement;

  constructor() {
    super();
    this.root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    this.root.adoptedStyleSheets = [sheet];
  }

  connectedCallback(): void {
    this.server = new URL(this.getAttribute("server") ?? new URL(import.meta.url).origin, location.href).origin;
    this.store = new Store(`interlude ${this.server} `);
    this.conversation = new Conversation(new Api(this.server), this.store, this);
    this.sheets = new Sheets(this.conversation, this.server, (focus) => this.showChat(focus));
    this.build();
    window.addEventListener("online", this.wake);
    window.addEventListener("offline", this.wake);
    document.addEventListener("visibilitychange", this.seen);
    if (this.inline) void this.conversation.start();
    else if (this.store.open) this.open(false);
  }

  disconnectedCallback(): void {
    window.removeEventListener("online", this.wake);
    window.removeEventListener("offline", this.wake);
    document.removeEventListener("visibilitychange", this.seen);
    this.conversation.close();
    clearTimeout(this.patience);
    this.shown.clear();
    this.root.replaceChildren();
  }

  /** Opens the panel; `focus` puts the cursor into the message field. */
  open(focus = true): void {
    this.panel.hidden = false;
    this.launcher.hidden = true;
    this.conversation.remainOpen(true);
    void this.conversation.start();
    if (focus) this.field.focus();
    this.dispatchEvent(new CustomEvent("interlude-open", { bubbles: true }));
  }

  /** Closes the panel and gives the focus back to the launcher. */
  close(): void {
    this.panel.hidden = true;
    this.launcher.hidden = false;
    this.conversation.remainOpen(false);
    this.conversation.rest();
    this.launcher.focus();
    this.dispatchEvent(new CustomEvent("interlude-close", { bubbles: true }));
  }

  changed(): void {
    const { conversation } = this;
    if (!conversation.turns.length && this.shown.size) {
      this.shown.clear();
      this.log.replaceChildren(this.intro);
    }
    if (conversation.level !== this.lastLevel) {
      if (conversation.level === "risk" || conversation.level === "imminent") this.cardSmall = matchMedia(LOW).matches;
      else if (this.lastLevel === "none") this.cardSmall = !this.helpWanted;
      this.lastLevel = conversation.level;
    }
    this.showCard();
    this.showTurns();
    this.showEnd();
    const trouble = navigator.onLine ? conversation.trouble : conversation.turns.some((turn) => turn.waiting) && { kind: "offline" as const };
    setText(this.status, trouble ? wordsFor(trouble) : "");
    this.showTyping(conversation.typing && !trouble);
  }

  giveBack(text: string): void {
    this.field.value = [text, this.field.value].filter(Boolean).join("\n");
    this.grow();
  }

  showHelp(): void {
    this.helpWanted = true;
    this.cardSmall = matchMedia(LOW).matches;
  }

  private get inline(): boolean {
    return this.getAttribute("mode") === "inline";
  }

  private build(): void {
    this.launcher = button(texts.launcher, () => this.open(), { class: "launcher", "aria-haspopup": "dialog" });
    this.helpButton = button(texts.help, () => this.toggleHelp(), { class: "help", "aria-expanded": "false", "aria-controls": "card" });
    this.menuButton = button(texts.menu, () => this.showMenu(), { class: "plain" });
    this.cardText = h("div", { class: "numbers", tabindex: "0", role: "group", "aria-label": texts.card });
    this.cardToggle = button(texts.cardHide, () => this.toggleHelp(), { class: "link", "aria-controls": "card" });
    this.cardFirst = h("p", { class: "numbers" });
    this.cardBox = h(
      "section",
      { class: "card", id: "card", "aria-label": texts.card, hidden: true },
      this.cardFirst,
      this.cardText,
      this.cardToggle,
    );
    const privacy = outside(`${this.server}/privacy`, texts.howLong);
    this.intro = h(
      "div",
      { class: "intro" },
      h("h3", {}, texts.introTitle),
      h("p", {}, texts.intro),
      h("p", {}, `${texts.tabOnly} `, privacy),
    );
    this.ended = h("div", { class: "status", role: "status" });
    this.log = h("div", { class: "log", role: "log", "aria-label": texts.log, tabindex: "0" }, this.intro);
    this.status = h("p", { class: "status", role: "status" });
    this.typing = h("p", { class: "typing", role: "status" });
    this.quick = h("div", { class: "quick", role: "group", "aria-label": texts.answers });
    this.field = h("textarea", {
      rows: 1,
      "aria-label": texts.message,
      placeholder: texts.placeholder,
      autocomplete: "off",
      on: { keydown: (event) => this.key(event as KeyboardEvent), input: () => this.grow() },
    });
    this.field.value = this.store.draft;
    const form = h("form", { on: { submit: (event) => this.submit(event) } }, this.field, h("button", { type: "submit", class: "send" }, texts.send));
    this.panel = h(
      "section",
      {
        class: "panel",
        role: this.inline ? "region" : "dialog",
        "aria-label": this.getAttribute("heading") ?? texts.title,
        hidden: !this.inline,
        on: { keydown: (event) => this.escape(event as KeyboardEvent) },
      },
      h(
        "header",
        {},
        h("h2", {}, this.getAttribute("heading") ?? texts.title),
        h(
          "div",
          {},
          this.helpButton,
          button(texts.exit, () => this.leaveQuickly(), { class: "plain" }),
          this.menuButton,
          this.inline ? null : button("×", () => this.close(), { class: "plain", "aria-label": texts.close }),
        ),
      ),
      this.cardBox,
      this.sheets.element,
      h("div", { class: "chat" }, this.log, this.ended, this.typing, this.status, this.quick, form),
    );
    this.launcher.hidden = this.inline;
    const mode = this.inline ? "inline" : "launched";
    this.box = h("div", { class: `box ${mode} ${this.getAttribute("theme") ?? "auto"}`, lang: "en" }, this.launcher, this.panel);
    this.root.replaceChildren(this.box);
    this.showQuick();
  }

  /** That a conversation ended stays until it is read. */
  private showEnd(): void {
    const { ended } = this.conversation;
    if (ended === this.ended.hasChildNodes()) return;
    const read = button(texts.endedRead, () => {
      this.conversation.readEnd();
      this.field.focus();
    });
    this.ended.replaceChildren(...(ended ? [h("p", {}, texts.ended), read] : []));
  }

  /** A quick answer needs no announcement that it is being written. */
  private showTyping(on: boolean): void {
    if (on) this.patience ??= setTimeout(() => setText(this.typing, texts.typing), PATIENCE);
    else {
      clearTimeout(this.patience);
      this.patience = undefined;
      setText(this.typing, "");
    }
  }

  private showTurns(): void {
    const { turns } = this.conversation;
    // What is brought back was heard before; only what comes now is announced.
    const many = turns.filter((turn) => !this.shown.has(turn.key)).length > 1;
    if (many) this.log.setAttribute("aria-live", "off");
    for (const [key, { element }] of this.shown) {
      if (turns.some((turn) => turn.key === key)) continue;
      element.remove();
      this.shown.delete(key);
    }
    let grown = false;
    let after: Element = this.intro;
    for (const turn of turns) {
      grown = this.showTurn(turn) || grown;
      const { element } = this.shown.get(turn.key)!;
      if (element.previousElementSibling !== after) after.after(element);
      after = element;
    }
    if (many) setTimeout(() => this.log.removeAttribute("aria-live"), 500);
    if (this.showQuick() || grown) this.scrollToLast();
  }

  /** Shows the newest turn from its beginning, however long the answer is. */
  private scrollToLast(): void {
    const last = this.log.lastElementChild as HTMLElement;
    if (last !== this.intro) this.log.scrollTop = last.offsetTop - EDGE;
  }

  private showTurn(turn: Turn): boolean {
    let shown = this.shown.get(turn.key);
    const fresh = !shown;
    if (!shown) {
      const own = h("div", { class: "own", dir: "auto" }, h("span", { class: "unseen" }, texts.you), ...paragraphs(turn.text));
      shown = { element: h("div", { class: "turn" }, own), replies: 0 };
      this.shown.set(turn.key, shown);
    }
    shown.element.classList.toggle("waiting", turn.waiting);
    const replies = turn.replies.slice(shown.replies);
    shown.element.append(...replies.map((reply) => this.bubble(reply)));
    shown.replies = turn.replies.length;
    return fresh || replies.length > 0;
  }

  private bubble(reply: Reply): HTMLElement {
    const { data } = reply;
    const element = h("div", { class: data.card ? "bot numbers" : "bot", dir: "auto" }, h("span", { class: "unseen" }, texts.bot));
    if (data.step && data.steps && data.steps > 1) element.append(h("p", { class: "small" }, texts.step(data.step, data.steps)));
    element.append(...paragraphs(reply.text, data.card));
    if (data.breathe) element.append(breathing(data.breathe));
    if (data.section) element.append(this.underMirror(reply));
    if (data.request === "export") element.append(...this.sheets.copies((words) => setText(this.status, words)));
    if (data.journey) element.append(button(texts.journey, () => this.showMenu("journey"), { class: "link" }));
    return element;
  }

  private underMirror({ data }: Reply): HTMLElement {
    // What opens at the lower edge would be out of sight.
    const opened = (event: Event) => (event.target as Element).parentElement!.scrollIntoView({ block: "nearest" });
    const source = data.citation
      ? h("details", { on: { toggle: opened } }, h("summary", {}, texts.source), h("p", {}, data.citation))
      : button(texts.source, () => this.say(texts.source), { class: "link last" });
    const notIt = data.mirror ? button(texts.notIt, () => this.say(texts.notIt), { class: "link last" }) : null;
    return h("div", { class: "under" }, source, notIt);
  }

  /** Quick replies of the last answer; before the first message, some ways to begin. Whether they changed. */
  private showQuick(): boolean {
    const last = this.conversation?.turns.at(-1);
    const replies = last && !last.waiting ? last.replies : [];
    const rated = replies.find((reply) => reply.data.rating)?.data.rating;
    const numbers = rated ? Array.from({ length: rated[1] - rated[0] + 1 }, (_, place) => String(rated[0] + place)) : [];
    const labels = last ? [...numbers, ...replies.flatMap((reply) => reply.buttons)] : texts.starters;
    if (labels.join() === Array.from(this.quick.children, (child) => child.textContent).join()) return false;
    const focused = this.quick.contains(this.root.activeElement);
    this.quick.classList.toggle("rating", numbers.length > 0);
    this.quick.replaceChildren(...labels.map((label) => button(label, () => this.say(label))));
    this.quick.hidden = !labels.length;
    if (focused) this.log.focus({ preventScroll: true });
    return true;
  }

  private showCard(): void {
    const { raised, card } = this.conversation;
    const open = (raised || this.helpWanted) && !this.cardSmall;
    this.cardBox.hidden = !raised && !this.helpWanted;
    this.cardText.hidden = !open;
    this.cardFirst.hidden = open;
    this.cardBox.classList.toggle("small", !open);
    const text = card?.text ?? texts.cardOffline;
    if (this.cardText.textContent !== text.replaceAll("\n", "")) {
      this.cardText.replaceChildren(...paragraphs(text, true));
      this.cardFirst.replaceChildren(...firstNumber(this.cardText));
    }
    setText(this.cardToggle, open ? texts.cardHide : texts.cardShow);
    this.cardToggle.setAttribute("aria-expanded", String(open));
    this.helpButton.setAttribute("aria-expanded", String(open));
    if (raised && !card) void this.fetchCard();
  }

  private async fetchCard(): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    const card = await this.conversation.help();
    if (card) this.showCard();
    this.fetching = false;
  }

  private toggleHelp(): void {
    const opening = this.cardSmall || !(this.conversation.raised || this.helpWanted);
    this.helpWanted = opening;
    this.cardSmall = !opening;
    this.showCard();
    if (opening) {
      this.cardText.focus();
      void this.fetchCard();
    } else this.helpButton.focus();
  }

  private showMenu(name?: "journey"): void {
    this.panel.classList.add("sheet-open");
    this.sheets.show(name);
  }

  private showChat(focus: boolean): void {
    this.panel.classList.remove("sheet-open");
    if (focus) this.menuButton.focus();
  }

  private say(text: string): void {
    this.conversation.send(text);
    // Where a finger points, the field would bring up the keyboard over what is to be read.
    if (matchMedia("(pointer: coarse)").matches) this.log.focus({ preventScroll: true });
    else this.field.focus();
  }

  private submit(event: Event): void {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.grow();
    this.say(text);
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.submit(event);
  }

  private escape(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    if (this.sheets.isOpen) this.sheets.back();
    else if (this.helpWanted && !this.cardSmall && !this.conversation.raised) this.toggleHelp();
    else if (!this.inline) this.close();
  }

  /** After every change of the field. */
  private grow(): void {
    this.store.draft = this.field.value;
    this.field.style.setProperty("height", "auto");
    this.field.style.setProperty("height", `${this.field.scrollHeight + 2}px`);
  }

  private leaveQuickly(): void {
    this.box.remove();
    this.conversation.leave();
    window.location.replace(this.getAttribute("exit") ?? ELSEWHERE);
  }

  private readonly wake = (): void => {
    this.changed();
    if (navigator.onLine) void this.conversation.wake();
  };

  private readonly seen = (): void => {
    if (document.hidden) this.conversation.rest();
    else if (!this.panel.hidden) void this.conversation.wake();
  };
}

/** The first number of a card with what stands before it; an address where there is no number. */
function firstNumber(card: HTMLElement): Node[] {
  const link = card.querySelector("a[href^=tel]") ?? card.querySelector("a");
  return link ? [link.previousSibling!, link].map((node) => node.cloneNode(true)) : [];
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function wordsFor(trouble: Trouble): string {
  if (trouble.kind === "tooFast") return texts.tooFast(trouble.seconds);
  if (trouble.kind === "tooLong") return texts.tooLong(trouble.limit);
  return texts[trouble.kind];
}
