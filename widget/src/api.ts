// The server's interface. Every call either gives its answer, throws Refused (the server said no) or another error
// (the server was not reached).

import { events } from "./stream.ts";
import type { Format, History, Journey, Level, Outcome, PastTurn, Reply } from "./types.ts";

const TIMEOUT = 30_000;

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly facts: { limit?: number; retry_after?: number } = {},
    readonly level?: Level,
    readonly card?: Reply,
  ) {
    super(code);
  }
}

type Linked = { channels: string[] };
type ErrorBody = { error?: { code: string; limit?: number; retry_after?: number }; level?: Level; card?: Reply };

export class Api {
  constructor(readonly server: string) {}

  async openSession(): Promise<string> {
    return (await this.json<{ token: string }>("POST", "session")).token;
  }

  /** A session of the conversation behind a device or a code, and whether `token` leads to that one as well. */
  comeBack(by: { device: string } | { code: string }, token?: string): Promise<{ token: string; here: boolean }> {
    return this.json("POST", "return", token, by);
  }

  history = (token: string) => this.json<History>("GET", "history", token);
  help = (token?: string) => this.json<Reply>("GET", "help", token);
  journey = (token: string) => this.json<Journey>("GET", "journey", token);
  export = async (token: string, format: Format) =>
    (await this.ask("GET", `export?format=${format}`, token, undefined, {}, AbortSignal.timeout(TIMEOUT))).blob();
  remember = (token: string) => this.json<{ device: string; code: string }>("POST", "remember", token);
  forget = (token: string) => this.json<{ forgotten: number }>("DELETE", "remember", token);
  linked = async (token: string) => (await this.json<Linked>("GET", "link", token)).channels;
  linkCode = async (token: string) => (await this.json<{ code: string }>("POST", "link/code", token)).code;
  link = (token: string, by: { code: string; confirm: boolean; device: string | undefined }) => this.json<Linked>("POST", "link", token, by);
  unlink = (token: string) => this.json<Linked>("DELETE", "link", token);
  erase = (token: string) => this.json<{ receipt: unknown }>("POST", "erase", token, { confirm: true });

  /** Sends one message. `onReply` gets each reply as it comes; the same `key` never makes a second message. */
  async message(token: string, text: string, key: string, stream: boolean, onReply: (reply: Reply) => void): Promise<Outcome> {
    const headers = { "Idempotency-Key": key, ...(stream ? { Accept: "text/event-stream" } : {}) };
    const response = await this.ask("POST", "messages", token, { text }, headers, AbortSignal.timeout(TIMEOUT));
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
      const { replies, ...outcome } = (await response.json()) as Outcome & { replies: Reply[] };
      replies.forEach(onReply);
      return outcome;
    }
    let outcome: Outcome | undefined;
    for await (const { name, data } of events(response)) {
      if (name === "reply") onReply(data as Reply);
      if (name === "refused") throw refusal(503, data as ErrorBody);
      if (name === "done") outcome = data as Outcome;
    }
    if (!outcome) throw new TypeError("the stream ended early");
    return outcome;
  }

  /** Turns of other pages, until the connection ends or `signal` ends it. */
  async follow(token: string, signal: AbortSignal, onEvent: (name: string, turn: PastTurn) => void): Promise<void> {
    const response = await this.ask("GET", "events", token, undefined, {}, signal);
    if (response.status === 204) return;
    for await (const { name, data } of events(response)) onEvent(name, data as PastTurn);
  }

  private async json<T>(method: string, path: string, token?: string, body?: unknown): Promise<T> {
    return (await this.ask(method, path, token, body, {}, AbortSignal.timeout(TIMEOUT))).json() as Promise<T>;
  }

  private async ask(
    method: string,
    path: string,
    token: string | undefined,
    body: unknown,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Response> {
    const response = await fetch(`${this.server}/api/${path}`, {
      method,
      signal,
      credentials: "omit",
      cache: "no-store",
      headers: {
        ...headers,
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.ok) return response;
    throw refusal(response.status, (await response.json().catch(() => ({}))) as ErrorBody);
  }
}

function refusal(status: number, { error, level, card }: ErrorBody): Refused {
  return new Refused(status, error?.code ?? "unavailable", error, level, card);
}
