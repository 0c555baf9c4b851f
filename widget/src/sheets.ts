// What the menu opens: being remembered, coming back, the way so far, a copy, deleting everything.

import { Refused } from "./api.ts";
import type { Conversation } from "./conversation.ts";
import { button, h, outside } from "./dom.ts";
import { journeyPicture } from "./journey.ts";
import { texts } from "./texts.ts";
import { FORMATS, type Format } from "./types.ts";

export class Sheets {
  readonly element = h("section", { class: "sheet", "aria-label": texts.menu, tabindex: "-1", hidden: true });
  private readonly said = h("p", { class: "status", role: "status" });

  constructor(
    private readonly conversation: Conversation,
    private readonly server: string,
    private readonly onClose: (focus: boolean) => void,
  ) {}

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  show(name?: "journey"): void {
    this.element.hidden = false;
    if (name) void this.journey();
    else this.menu();
  }

  back(): void {
    this.element.hidden = true;
    this.onClose(true);
  }

  /** Both forms of the copy, to be chosen; `done` is told what came of it. */
  copies(done: (words: string) => void): HTMLButtonElement[] {
    return FORMATS.map((format) =>
      button(texts.exportAs[format], () => {
        this.download(format).then(
          () => done(texts.exported),
          (error) => done(error instanceof Refused ? wordsFor(error, texts.failed) : texts.failed),
        );
      }),
    );
  }

  private async download(format: Format): Promise<void> {
    const address = URL.createObjectURL(await this.conversation.export(format));
    h("a", { href: address, download: format === "json" ? "conversation.json" : "conversation.md" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  private menu(): void {
    const { remembered } = this.conversation;
    this.page(
      texts.menu,
      button(texts.journey, () => void this.journey()),
      remembered ? button(texts.rememberOff, () => void this.forget()) : button(texts.rememberOn, () => void this.remember()),
      remembered ? null : h("p", { class: "small" }, texts.rememberNote),
      button(texts.comeBack, () => this.comeBack()),
      button(texts.link, () => void this.link()),
      button(texts.export, () => this.page(texts.export, h("p", {}, texts.exportNote), ...this.copies((words) => this.tell(words)))),
      button(texts.erase, () => this.erase(), { class: "danger" }),
      outside(`${this.server}/privacy`, texts.privacy),
    );
  }

  private remember(): Promise<void> {
    return this.attempt(async () => {
      const code = await this.conversation.remember();
      this.page(texts.code, h("p", {}, texts.remembered), ...shownCode(code, texts.codeNote, (words) => this.tell(words)));
    });
  }

  private forget(): Promise<void> {
    return this.attempt(async () => {
      await this.conversation.forgetDevices();
      this.menu();
      this.tell(texts.forgotten);
    });
  }

  private comeBack(): void {
    const use = (code: string) =>
      this.attempt(async () => {
        const found = await this.conversation.behind(code);
        const { talked, remembered } = this.conversation;
        if (!found.here && (talked || remembered)) return this.askComeBack(found, remembered);
        await this.conversation.comeBack(found);
        this.back();
      }, texts.codeUnknown);
    const form = codeForm(texts.codeField, texts.codeUse, (code) => void use(code));
    this.page(texts.comeBack, form);
    form.querySelector("input")!.focus();
  }

  /** What was begun here is never left behind without a word. */
  private askComeBack(found: { token: string; here: boolean }, remembered: boolean): void {
    const [left, yes] = remembered ? [texts.codeAskRemembered, texts.codeYes] : [texts.codeAskForgotten, texts.codeErase];
    this.ask(texts.comeBack, `${texts.codeAsk} ${left}`, yes, texts.linkNo, async () => {
      await this.conversation.comeBack(found, !remembered);
      this.back();
    });
  }

  private link(): Promise<void> {
    return this.attempt(async () => {
      const { talked } = this.conversation;
      const names = talked ? (await this.conversation.linked()).map((name) => texts.channels[name] ?? name).join(", ") : "";
      this.page(
        texts.link,
        h("p", {}, names ? texts.linked(names) : texts.linkNote),
        names ? button(texts.unlink, () => this.unlink(names), { class: "danger" }) : null,
        talked ? button(texts.linkShow, () => void this.linkCode()) : null,
        codeForm(texts.linkField, texts.linkUse, (code) => void this.takeLink(code, false)),
      );
    });
  }

  private linkCode(): Promise<void> {
    return this.attempt(async () => {
      const code = await this.conversation.linkCode();
      this.page(texts.linkCode, ...shownCode(code, texts.linkCodeNote, (words) => this.tell(words)));
    });
  }

  private takeLink(code: string, confirmed: boolean): Promise<void> {
    return this.attempt(async () => {
      try {
        await this.conversation.link(code, confirmed);
        this.back();
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== "confirm_needed") throw error;
        this.ask(texts.link, texts.linkAsk, texts.linkYes, texts.linkNo, () => this.takeLink(code, true));
      }
    }, texts.linkUnknown);
  }

  private unlink(names: string): void {
    this.ask(texts.unlink, texts.unlinkAsk(names), texts.unlinkYes, texts.unlinkNo, async () => {
      await this.conversation.unlink();
      this.page(texts.link, h("p", {}, texts.unlinked));
    });
  }

  private journey(): Promise<void> {
    return this.attempt(async () => this.page(texts.journey, journeyPicture(await this.conversation.journey())));
  }

  private erase(): void {
    this.ask(texts.erase, texts.eraseAsk, texts.eraseYes, texts.eraseNo, async () => this.receipt(await this.conversation.erase()));
  }

  private receipt(receipt: unknown): void {
    const said = sentences(receipt);
    if (said.length) this.page(texts.erased, h("ul", {}, ...said.map((sentence) => h("li", {}, sentence))));
    else this.page(texts.erase, h("p", {}, texts.eraseNothing));
  }

  /** Asks before something that cannot be undone. */
  private ask(heading: string, question: string, yes: string, no: string, act: () => Promise<void>): void {
    this.page(
      heading,
      h("p", {}, question),
      button(yes, () => void this.attempt(act), { class: "danger" }),
      button(no, () => this.menu()),
    );
  }

  private page(heading: string, ...content: (Node | null)[]): void {
    const title = h("h3", { tabindex: "-1" }, heading);
    this.tell("");
    this.element.hidden = false;
    this.element.replaceChildren(h("div", {}, button(texts.back, () => this.back(), { class: "link" })), title);
    this.element.append(...content.filter((part) => part !== null), this.said);
    title.focus();
  }

  private tell(text: string): void {
    this.said.textContent = text;
  }

  private async attempt(act: () => Promise<void>, unknown = texts.failed): Promise<void> {
    this.tell("");
    try {
      await act();
    } catch (error) {
      if (!this.said.isConnected) this.element.append(this.said);
      this.tell(error instanceof Refused ? wordsFor(error, unknown) : texts.failed);
    }
  }
}

function wordsFor({ status, code, facts }: Refused, unknown: string): string {
  if (code === "too_fast") return texts.wait(facts.retry_after ?? 60);
  if (code === "own_code") return texts.linkOwn;
  if (status === 401) return texts.ended;
  return status === 404 ? unknown : texts.failed;
}

/** A code to be written down, what it is for, and a way to copy it. */
function shownCode(code: string, note: string, tell: (words: string) => void): (Node | null)[] {
  const copy = button(texts.copy, () => {
    navigator.clipboard.writeText(code).then(
      () => tell(texts.copied),
      () => tell(texts.copyByHand),
    );
  });
  return [h("p", { class: "code" }, code), h("p", {}, note), "clipboard" in navigator ? copy : null];
}

function codeForm(label: string, action: string, use: (code: string) => void): HTMLFormElement {
  const field = h("input", { type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", id: "code" });
  const submit = (event: Event) => {
    event.preventDefault();
    use(field.value);
  };
  return h("form", { on: { submit } }, h("label", { for: "code" }, label), field, h("button", { type: "submit" }, action));
}

/** What a receipt says went, and what stays. */
export function sentences(receipt: unknown): string[] {
  const said = (receipt as { in_words?: unknown } | null)?.in_words;
  return Array.isArray(said) ? said.map(String) : [];
}
