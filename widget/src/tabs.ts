// Other tabs of the same site: a new one takes over the running session, all move to another one and end together.

const PATIENCE = 150;

type Note = { kind: "asking" } | { kind: "session" | "moved"; token: string } | { kind: "gone" };

export class Tabs {
  private readonly channel: BroadcastChannel | undefined;
  /** Whether this page asked, so that a session may be told to it: at once, late, or when one begins. */
  private asked = false;
  private waiting: ((token: string | undefined) => void) | undefined;

  constructor(
    name: string,
    private readonly session: () => string | undefined,
    private readonly onLate: (token: string) => void,
    private readonly onMoved: (token: string) => void,
    private readonly onGone: () => void,
  ) {
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(name) : undefined;
    this.channel?.addEventListener("message", ({ data }: MessageEvent<Note>) => {
      const token = this.session();
      if (data.kind === "asking" && token) this.offer(token);
      if (data.kind === "session" && this.asked) this.answered(data.token);
      if (data.kind === "moved") this.onMoved(data.token);
      if (data.kind === "gone") {
        this.forget();
        this.onGone();
      }
    });
  }

  /** The session of another open tab, if there is one that answers soon; `onLate` gets it when it answers later. */
  ask(): Promise<string | undefined> {
    if (!this.channel) return Promise.resolve(undefined);
    this.asked = true;
    return new Promise((resolve) => {
      this.waiting = resolve;
      setTimeout(() => this.stopWaiting(), PATIENCE);
      this.tell({ kind: "asking" });
    });
  }

  /** Tells tabs without a conversation of this one. */
  offer(token: string): void {
    this.tell({ kind: "session", token });
  }

  /** Tells all tabs that another conversation takes the place of the one before. */
  moved(token: string): void {
    this.tell({ kind: "moved", token });
  }

  /** Tells the other tabs that the conversation was ended or deleted here. */
  gone(): void {
    this.forget();
    this.tell({ kind: "gone" });
  }

  close(): void {
    this.channel?.close();
  }

  private answered(token: string): void {
    if (this.waiting) this.stopWaiting(token);
    else this.onLate(token);
  }

  /** An answer that is still under way belongs to what was ended. */
  private forget(): void {
    this.asked = false;
    this.stopWaiting();
  }

  private stopWaiting(token?: string): void {
    this.waiting?.(token);
    this.waiting = undefined;
  }

  private tell(note: Note): void {
    this.channel?.postMessage(note);
  }
}
