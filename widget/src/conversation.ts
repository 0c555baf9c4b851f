// The conversation as this page knows it: what was written, what came back, what still has to go out.

import { type Api, Refused } from "./api.ts";
import type { Store } from "./store.ts";
import { Tabs } from "./tabs.ts";
import type { Format, Journey, Level, PastTurn, Reply } from "./types.ts";

export interface Turn {
  key: string;
  text: string;
  replies: Reply[];
  waiting: boolean;
  /** Answered, but the server could not keep it. */
  unstored?: boolean;
}

/** What stands between the person and an answer, for the view to put into words. */
export type Trouble =
  | { kind: "offline" | "slow" | "unavailable" | "notStored" | "tooLarge" | "refused" | "siteRefused" }
  | { kind: "tooFast"; seconds: number }
  | { kind: "tooLong"; limit: number };

export interface View {
  /** Something changed: turns, level, trouble, typing. */
  changed(): void;
  /** A message that could not be taken goes back to where it can be changed. */
  giveBack(text: string): void;
  /** An answer came with the helpline card, or the chat cannot be used here. */
  showHelp(): void;
}

const LEVELS: Level[] = ["none", "concern", "risk", "imminent"];
const FIRST_RETRY = 1_000;
const LAST_RETRY = 30_000;
const FOLLOW_AGAIN = 5_000;

export class Conversation {
  turns: Turn[] = [];
  level: Level = "none";
  card: Reply | undefined;
  typing = false;
  trouble: Trouble | undefined;

  private readonly tabs: Tabs;
  private token: string | undefined;
  private flushing = false;
  private retry = FIRST_RETRY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private following: AbortController | undefined;
  private later: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  private started: Promise<void> | undefined;
  /** Goes up when the conversation is left, so that an answer still under way brings nothing back. */
  private era = 0;

  constructor(
    private readonly api: Api,
    private readonly store: Store,
    private readonly view: View,
  ) {
    this.tabs = new Tabs(
      `interlude ${api.server}`,
      () => this.token,
      (token) => void this.adopt(token),
      (token) => void this.moveTo(token),
      () => this.reset(),
    );
  }

  get raised(): boolean {
    return this.level !== "none";
  }

  get remembered(): boolean {
    return this.store.deviceToken !== undefined;
  }

  get talked(): boolean {
    return this.token !== undefined && this.turns.length > 0;
  }

  /** Whether an earlier conversation ended in this tab, until that was read. */
  get ended(): boolean {
    return this.store.ended;
  }

  readEnd(): void {
    this.store.ended = false;
    if (!this.turns.length) this.store.level = undefined;
    this.view.changed();
  }

  /** Whether the panel is open when the page is loaded again. */
  remainOpen(open: boolean): void {
    this.store.open = open;
  }

  /** Brings back what there is: this tab's session, another tab's, or a remembered device's. Later it only catches up. */
  start(): Promise<void> {
    if (this.started) return this.wake();
    return (this.started = this.restore());
  }

  send(text: string): void {
    this.turns.push({ key: newKey(), text, replies: [], waiting: true });
    this.keepUnsent();
    void this.flush();
  }

  /** Tries again at once, for example when the connection is back. */
  async wake(): Promise<void> {
    if (this.token && !this.flushing) await this.load().catch(() => undefined);
    await this.flush();
    void this.follow();
  }

  /** Stops listening to other pages while this one cannot be seen. */
  rest(): void {
    clearTimeout(this.later);
    this.following?.abort();
    this.following = undefined;
  }

  /** The helpline card for the panel that is always one tap away; undefined when it cannot be fetched. */
  async help(): Promise<Reply | undefined> {
    try {
      this.card = await this.api.help(this.token);
    } catch {
      // The card that was shown before is still right, and the view has one of its own.
    }
    return this.card;
  }

  async remember(): Promise<string> {
    const { device, code } = await this.within((token) => this.api.remember(token));
    this.store.deviceToken = device;
    return code;
  }

  async forgetDevices(): Promise<void> {
    await this.within((token) => this.api.forget(token));
    this.store.deviceToken = undefined;
  }

  /** A session of the conversation behind a return code, and whether that is the one that is open here. */
  behind(code: string): Promise<{ token: string; here: boolean }> {
    return this.api.comeBack({ code }, this.token);
  }

  /** Goes on with the conversation behind a code, in every tab; this one is not remembered then, or erased before. */
  async comeBack({ token, here }: { token: string; here: boolean }, erase = false): Promise<void> {
    // That this one is erased is no news for this page.
    this.rest();
    if (erase) await this.within((before) => this.api.erase(before));
    if (!here) this.store.deviceToken = undefined;
    this.tabs.moved(token);
    await this.moveTo(token);
  }

  /** The other channels in which this conversation goes on, by name. */
  linked(): Promise<string[]> {
    return this.within((token) => this.api.linked(token));
  }

  linkCode(): Promise<string> {
    return this.within((token) => this.api.linkCode(token));
  }

  /** Goes on with the conversation of a code; the one that was begun here is given up for it once that is confirmed. */
  async link(code: string, confirm: boolean): Promise<void> {
    await this.within((token) => this.api.link(token, { code, confirm, device: this.store.deviceToken }));
    await this.changePlaces();
  }

  /** Parts this browser from the conversation, which goes on in the other channels. */
  async unlink(): Promise<void> {
    await this.within((token) => this.api.unlink(token));
    this.leave();
  }

  journey(): Promise<Journey> {
    return this.within((token) => this.api.journey(token));
  }

  export(format: Format): Promise<Blob> {
    return this.within((token) => this.api.export(token, format));
  }

  async erase(): Promise<unknown> {
    const { receipt } = await this.within((token) => this.api.erase(token));
    this.leave();
    return receipt;
  }

  /** Ends the conversation in every tab of this browser and leaves nothing in it. */
  leave(): void {
    this.tabs.gone();
    this.reset();
  }

  close(): void {
    this.closed = true;
    this.era++;
    this.rest();
    clearTimeout(this.timer);
    this.tabs.close();
  }

  private reset(): void {
    this.era++;
    this.rest();
    clearTimeout(this.timer);
    this.store.clear();
    this.token = this.card = this.trouble = undefined;
    this.turns = [];
    this.level = "none";
    this.view.changed();
  }

  /** Another conversation takes the place of the one before; what that one did not get yet goes back into the field. */
  private async moveTo(token: string): Promise<void> {
    await this.started;
    const waiting = this.turns.filter((turn) => turn.waiting).map(({ text }) => text);
    if (waiting.length) this.view.giveBack(waiting.join("\n"));
    this.use(token);
    this.store.ended = false;
    this.store.unsent = [];
    if (this.started) await this.changePlaces();
  }

  /** Goes on with another history than the one before, and with what waits, if it may. */
  private async changePlaces(waiting: Turn[] = []): Promise<void> {
    this.era++;
    this.turns = waiting;
    this.rest();
    await this.load();
    void this.follow();
  }

  /** Another tab told of its session late: it goes on here, unless something was begun here meanwhile. */
  private async adopt(token: string): Promise<void> {
    const { era } = this;
    await this.started;
    if (this.token || this.flushing || era !== this.era) return;
    this.use(token);
    await this.wake();
  }

  private async restore(): Promise<void> {
    this.token = this.store.token ?? (await this.tabs.ask());
    const unsent = this.store.unsent;
    this.level = this.store.level ?? "none";
    try {
      if (!this.token) await this.recall();
      if (this.token) await this.load();
    } catch (error) {
      this.note(error);
    }
    for (const { key, text } of unsent) {
      if (!this.turns.some((turn) => turn.key === key)) this.turns.push({ key, text, replies: [], waiting: true });
    }
    if (this.token) this.use(this.token);
    void this.flush();
    void this.follow();
    this.view.changed();
  }

  /** Opens a session for the device that is remembered, if it is. */
  private async recall(): Promise<void> {
    const { era } = this;
    const device = this.store.deviceToken;
    if (!device) return;
    try {
      const opened = await this.api.comeBack({ device });
      if (era === this.era) this.use(opened.token);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      this.store.deviceToken = undefined;
    }
  }

  private async load(): Promise<void> {
    const { era } = this;
    try {
      const { turns, level, token } = await this.api.history(this.token!);
      if (era !== this.era) return;
      this.use(token);
      const ours = this.turns.filter((turn) => turn.waiting || turn.unstored);
      this.turns = [...turns.map(known), ...ours.filter((turn) => !turns.some((past) => past.key === turn.key))];
      this.rate(level);
      this.keepUnsent();
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      await this.end();
      if (this.token) await this.load();
    }
  }

  /** The session is over; a remembered device gets another one, everyone else starts anew and is told. */
  private async end(): Promise<void> {
    this.use(undefined);
    this.turns = this.turns.filter((turn) => turn.waiting);
    await this.recall();
    if (!this.token && this.store.level) this.store.ended = true;
    this.view.changed();
  }

  /** The level of what is talked about; that of one that ended does not sink, nor its card go, before this was read. */
  private rate(level: Level): void {
    this.level = this.ended ? higher(level, this.level) : level;
    this.store.level = this.turns.length || this.ended ? this.level : undefined;
  }

  private async flush(): Promise<void> {
    if (this.flushing || this.closed) return;
    clearTimeout(this.timer);
    this.flushing = true;
    let next: Turn | undefined;
    while (!this.closed && (next = this.turns.find((turn) => turn.waiting)) && (await this.deliver(next)));
    this.flushing = false;
    this.typing = false;
    this.view.changed();
  }

  /** Sends one message; whether to go on with the next one. */
  private async deliver(turn: Turn): Promise<boolean> {
    const { era } = this;
    this.typing = true;
    this.view.changed();
    const replies: Reply[] = [];
    const stream = this.retry === FIRST_RETRY;
    const fresh = !this.token;
    try {
      if (fresh) {
        const opened = await this.api.openSession();
        if (era !== this.era) return true;
        this.use(opened);
      }
      const { level, stored, token } = await this.api.message(this.token!, turn.text, turn.key, stream, (reply) => {
        if (era !== this.era) return;
        replies.push(reply);
        if (replies.length > turn.replies.length) turn.replies = [...replies];
        if (reply.data.card) this.showCard(reply);
        this.view.changed();
      });
      if (era !== this.era) return true;
      turn.waiting = false;
      turn.unstored = !stored;
      // A repeated answer, or one that could not be kept, does not know the conversation's level well enough to lower it.
      this.rate(stored && stream ? level : higher(level, this.level));
      this.trouble = stored ? undefined : { kind: "notStored" };
      this.retry = FIRST_RETRY;
      this.use(token);
      this.keepUnsent();
      if (fresh) this.tabs.offer(token);
      this.carryOut(turn);
      void this.follow();
      return true;
    } catch (error) {
      if (era !== this.era) return true;
      if (error instanceof Refused && error.status === 401 && !fresh) {
        await this.end().catch(() => undefined);
        return true;
      }
      return this.note(error, turn);
    }
  }

  private carryOut(turn: Turn): void {
    if (turn.replies.some((reply) => reply.data.request === "erase")) {
      this.leave();
      this.turns = [turn];
    }
  }

  /** Keeps in mind why something failed; true when the next message may still go out. */
  private note(error: unknown, turn?: Turn): boolean {
    const refused = error instanceof Refused ? error : undefined;
    if (refused?.card) this.showCard(refused.card);
    if (refused?.level) this.rate(higher(refused.level, this.level));
    if (refused?.code === "too_fast") {
      const seconds = refused.facts.retry_after ?? 5;
      this.trouble = { kind: "tooFast", seconds };
      this.again(seconds * 1000);
      return false;
    }
    if (!refused || refused.status >= 500) {
      const slow = error instanceof DOMException && error.name === "TimeoutError";
      this.trouble = { kind: refused ? "unavailable" : slow ? "slow" : "offline" };
      this.again((this.retry = Math.min(this.retry * 2, LAST_RETRY)));
      return false;
    }
    this.trouble = troubleOf(refused);
    // Nothing of it was screened.
    if (this.trouble.kind === "siteRefused") this.view.showHelp();
    if (turn) {
      this.turns = this.turns.filter((other) => other !== turn);
      this.keepUnsent();
      this.view.giveBack(turn.text);
    }
    return true;
  }

  /** A card comes with numbers, or as a mark on an answer that has none of its own; then they are fetched. */
  private showCard(reply: Reply): void {
    if (reply.id === "card") this.card = reply;
    else void this.help().then(() => this.view.changed());
    this.view.showHelp();
  }

  private again(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), milliseconds);
  }

  /** Shows what happens in other pages of the same person while this one can be seen. */
  private async follow(): Promise<void> {
    if (this.following || this.closed || !this.talked || document.hidden) return;
    clearTimeout(this.later);
    const following = (this.following = new AbortController());
    try {
      await this.api.follow(this.token!, following.signal, (name, turn) => this.elsewhere(name, turn));
    } catch (error) {
      // A connection that ends is opened again below; a session that ended is not asked for again and again.
      if (this.following === following && error instanceof Refused && error.status === 401) await this.load().catch(() => undefined);
    }
    if (this.following !== following) return;
    this.following = undefined;
    this.later = setTimeout(() => void this.follow(), FOLLOW_AGAIN);
  }

  private elsewhere(name: string, past: PastTurn): void {
    if (name === "erased" || name === "unlinked") this.emptied();
    // What was said before this page began to listen, or faster than it was heard, is in the history.
    if (name === "ready") void this.load().catch(() => undefined);
    if (name === "reload") void this.changePlaces(this.turns.filter((turn) => turn.waiting)).catch(() => undefined);
    if (name !== "turn" || this.turns.some((turn) => turn.key === past.key)) return;
    this.turns.push(known(past));
    this.rate(past.level);
    this.view.changed();
  }

  /**
   * The conversation was deleted or parted. That may be the answer to the very message that is under way here, and be
   * heard before it: what still waits for its answer stays.
   */
  private emptied(): void {
    if (!this.flushing) return this.reset();
    this.turns = this.turns.filter((turn) => turn.waiting);
    this.level = "none";
    this.card = undefined;
    this.view.changed();
  }

  private async within<T>(act: (token: string) => Promise<T>): Promise<T> {
    if (!this.token) {
      const token = await this.api.openSession();
      if (!this.token) this.use(token);
    }
    try {
      return await act(this.token!);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      await this.end();
      if (!this.token) throw error;
      return act(this.token);
    }
  }

  private use(token: string | undefined): void {
    this.token = this.store.token = token;
  }

  private keepUnsent(): void {
    this.store.unsent = this.turns.filter((turn) => turn.waiting).map(({ key, text }) => ({ key, text }));
    this.view.changed();
  }
}

/** Random, also where `crypto.randomUUID` is not: on pages that did not come over https. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function higher(one: Level, other: Level): Level {
  return LEVELS.indexOf(one) > LEVELS.indexOf(other) ? one : other;
}

function known({ key, at, text, replies }: PastTurn): Turn {
  return { key: key ?? `${at} ${text.length}`, text, replies, waiting: false };
}

function troubleOf({ code, facts }: Refused): Trouble {
  if (code === "too_long" && facts.limit) return { kind: "tooLong", limit: facts.limit };
  if (code === "too_large") return { kind: "tooLarge" };
  return { kind: code === "origin_refused" ? "siteRefused" : "refused" };
}
