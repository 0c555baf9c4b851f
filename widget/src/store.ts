// What is kept in the browser: the session and unsent messages in this tab only, a device's token where asked for.
// A browser that refuses storage (as some do in embedded pages) gets a memory that lasts as long as the page.

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
    this.token = this.deviceToken = undefined;
    this.unsent = [];
    this.open = false;
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
