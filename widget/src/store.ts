// What is kept in the browser: session, draft and unsent messages in this tab only, a device's token where asked for.
// A browser that refuses storage (as some do in embedded pages) gets a memory that lasts as long as the page.

import type { Level } from "./types.ts";

export interface Unsent {
  key: string;
  text: string;
}

export class Store {
  private readonly memory = new Map<string, string>();

  constructor(
    private readonly prefix: string,
    private readonly tab: () => Storage = () => sessionStorage,
    private readonly device: () => Storage = () => localStorage,
  ) {}

  get token(): string | undefined {
    return this.get(this.tab, "token");
  }
  set token(value: string | undefined) {
    this.put(this.tab, "token", value);
  }

  get unsent(): Unsent[] {
    try {
      return JSON.parse(this.get(this.tab, "unsent") ?? "[]") as Unsent[];
    } catch {
      return [];
    }
  }
  set unsent(value: Unsent[]) {
    this.put(this.tab, "unsent", value.length ? JSON.stringify(value) : undefined);
  }

  /** What stands in the field. */
  get draft(): string {
    return this.get(this.tab, "draft") ?? "";
  }
  set draft(value: string) {
    this.put(this.tab, "draft", value || undefined);
  }

  /** The level of what was talked about in this tab, as long as anything was. */
  get level(): Level | undefined {
    return this.get(this.tab, "level") as Level | undefined;
  }
  set level(value: Level | undefined) {
    this.put(this.tab, "level", value);
  }

  /** A conversation ended in this tab, and that was not read yet. */
  get ended(): boolean {
    return this.get(this.tab, "ended") === "yes";
  }
  set ended(value: boolean) {
    this.put(this.tab, "ended", value ? "yes" : undefined);
  }

  get open(): boolean {
    return this.get(this.tab, "open") === "yes";
  }
  set open(value: boolean) {
    this.put(this.tab, "open", value ? "yes" : undefined);
  }

  get deviceToken(): string | undefined {
    return this.get(this.device, "device");
  }
  set deviceToken(value: string | undefined) {
    this.put(this.device, "device", value);
  }

  /** Leaves nothing behind. */
  clear(): void {
    this.token = this.deviceToken = this.level = undefined;
    this.unsent = [];
    this.draft = "";
    this.open = this.ended = false;
  }

  private get(storage: () => Storage, name: string): string | undefined {
    try {
      return storage().getItem(this.prefix + name) ?? undefined;
    } catch {
      return this.memory.get(name);
    }
  }

  private put(storage: () => Storage, name: string, value: string | undefined): void {
    try {
      if (value === undefined) storage().removeItem(this.prefix + name);
      else storage().setItem(this.prefix + name, value);
    } catch {
      if (value === undefined) this.memory.delete(name);
      else this.memory.set(name, value);
    }
  }
}
