// A server in a few lines: answers what the widget asks for, and can lose connections, refuse and end sessions.

import type { Level, PastTurn, Reply } from "../src/types.ts";

type Body = { text?: string; device?: string; code?: string; confirm?: boolean };

export const reply = (text: string, data: Reply["data"] = {}): Reply => ({ id: "r", text, buttons: [], data });

export class FakeServer {
  readonly turns: PastTurn[] = [];
  readonly asked: string[] = [];
  readonly devices = new Set(["known-device"]);
  sessions = new Set<string>();
  level: Level = "none";
  broken = false;
  /** Other channels of this conversation; the code LINK brings one that was held in Telegram. */
  linked: string[] = [];
  /** Whether pages can listen to others, and the one thing they are told. */
  followed = false;
  news = "ready";
  /** What happens to the next requests, in order: lost before or after the server had them, cut in the middle, refused. */
  troubles: ("lost" | "lost answer" | "cut" | { status: number; code: string; retry_after?: number; card?: Reply; level?: Level })[] = [];
  private count = 0;
  /** Sessions of the other conversation, which the code OTHER brings back. */
  private readonly elsewhere = new Set<string>();
  readonly other: PastTurn[] = [{ text: "the other one", key: "o1", at: "2026-01-01T00:00:00Z", level: "none", replies: [] }];

  readonly fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const path = new URL(String(url)).pathname.replace("/api/", "");
    const headers = new Headers(init.headers);
    const body = JSON.parse(String(init.body ?? "{}")) as Body;
    this.asked.push(`${init.method} ${path}`);
    const trouble = path === "messages" ? this.troubles.shift() : undefined;
    if (trouble === "lost") throw new TypeError("Failed to fetch");
    const answer = this.answer(String(init.method), path, headers, body, trouble);
    if (trouble === "lost answer") throw new TypeError("Failed to fetch");
    return answer;
  };

  private answer(
    method: string,
    path: string,
    headers: Headers,
    body: Body,
    trouble: FakeServer["troubles"][number] | undefined,
  ): Response {
    if (path === "session") return this.json({ token: this.open() }, 201);
    if (path === "return") {
      const known = this.devices.has(body.device ?? "") || body.code === "GOOD";
      if (body.code === "OTHER") return this.json({ token: this.openElsewhere(), here: false }, 201);
      const here = this.sessions.has(sentToken(headers));
      return known ? this.json({ token: this.open(), here }, 201) : this.refuse(404, "unknown_return");
    }
    const token = sentToken(headers);
    if (path === "help") return this.json(reply("Samaritans: 116 123", { card: true }));
    if (!this.sessions.has(token)) return this.refuse(401, "session_ended");
    if (path === "history" && this.elsewhere.has(token)) return this.json({ turns: this.other, level: "none", token });
    if (path === "history") return this.json({ turns: this.turns, level: this.level, token });
    if (path === "link/code") return this.json({ code: "ABCD-EFGH", minutes: 10 }, 201);
    if (path === "link") return this.link(method, body);
    if (path === "remember") return this.json({ device: "known-device", code: "GOOD", forgotten: 1 });
    if (path === "erase") return this.json({ receipt: { in_words: [`${this.turns.length} messages`] } });
    if (path === "events" && this.followed) {
      return new Response(`event: ${this.news}\ndata: {}\n\n`, { headers: { "content-type": "text/event-stream" } });
    }
    if (path === "events") return new Response(null, { status: 204 });
    if (typeof trouble === "object") return this.refuse(trouble.status, trouble.code, trouble);
    return this.message(headers, body.text!, token, trouble === "cut");
  }

  private link(method: string, { code, confirm }: Body): Response {
    if (method === "DELETE") this.turns.length = 0;
    if (method === "POST") {
      if (code !== "LINK") return this.refuse(404, "unknown_code");
      if (this.turns.length && !confirm) return this.refuse(409, "confirm_needed");
      this.turns.splice(0, Infinity, { text: "in Telegram", key: "t1", at: "2026-01-01T00:00:00Z", level: "none", replies: [] });
      this.linked = ["telegram"];
    }
    return this.json({ channels: this.linked });
  }

  private message(headers: Headers, text: string, token: string, cut: boolean): Response {
    const key = headers.get("idempotency-key")!;
    let turn = this.turns.find((past) => past.key === key);
    if (!turn) {
      if (text.includes("danger")) this.level = "risk";
      turn = { text, key, at: "2026-01-01T00:00:00Z", level: this.level, replies: [reply(`one ${text}`), reply(`two ${text}`)] };
      if (!this.broken) this.turns.push(turn);
    }
    const outcome = { level: this.level, stored: !this.broken, token };
    if (!headers.get("accept")?.includes("event-stream")) return this.json({ ...outcome, replies: turn.replies });
    const events = [["typing", {}], ...turn.replies.map((one) => ["reply", one]), ["done", outcome]] as const;
    const sent = events.slice(0, cut ? 2 : undefined).map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    return new Response(sent.join(""), { headers: { "content-type": "text/event-stream" } });
  }

  private openElsewhere(): string {
    const token = this.open();
    this.elsewhere.add(token);
    return token;
  }

  private open(): string {
    const token = `token-${++this.count}`;
    this.sessions.add(token);
    return token;
  }

  private json(data: unknown, status = 200): Response {
    return new Response(JSON.stringify(data), { status, headers: { "content-type": "application/json" } });
  }

  private refuse(status: number, code: string, more: { retry_after?: number; card?: Reply; level?: Level } = {}): Response {
    const { retry_after, card, level } = more;
    return this.json({ error: { code, retry_after, limit: 20 }, card, level }, status);
  }
}

function sentToken(headers: Headers): string {
  return (headers.get("authorization") ?? "").replace("Bearer ", "");
}
