import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Api } from "../src/api.ts";
import { Conversation } from "../src/conversation.ts";
import { Store } from "../src/store.ts";
import { FakeServer, reply } from "./server.ts";

class Memory implements Storage {
  private readonly kept = new Map<string, string>();
  get length(): number {
    return this.kept.size;
  }
  clear = () => this.kept.clear();
  key = (place: number) => [...this.kept.keys()][place] ?? null;
  getItem = (name: string) => this.kept.get(name) ?? null;
  setItem = (name: string, value: string) => void this.kept.set(name, value);
  removeItem = (name: string) => void this.kept.delete(name);
}

/** Tabs of one browser on a slow machine: what one tells the others arrives half a second later. */
class SlowChannel extends EventTarget {
  private static readonly open = new Set<SlowChannel>();
  constructor(private readonly name: string) {
    super();
    SlowChannel.open.add(this);
  }
  postMessage(data: unknown): void {
    const others = [...SlowChannel.open].filter((other) => other !== this && other.name === this.name);
    for (const other of others) setTimeout(() => other.dispatchEvent(new MessageEvent("message", { data })), 500);
  }
  close = () => void SlowChannel.open.delete(this);
}

let server: FakeServer;
let tab: Memory;
let device: Memory;
let view: { changed: () => void; giveBack: (text: string) => void; showHelp: () => void };
const open: Conversation[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { hidden: false });
  vi.stubGlobal("BroadcastChannel", undefined);
  Reflect.deleteProperty(globalThis, "BroadcastChannel");
  server = new FakeServer();
  tab = new Memory();
  device = new Memory();
  view = { changed: vi.fn(), giveBack: vi.fn(), showHelp: vi.fn() };
  vi.stubGlobal("fetch", server.fetch);
});

afterEach(() => {
  open.splice(0).forEach((conversation) => conversation.close());
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A page of this browser; one made after another is the page loaded again. */
async function page(storage = tab): Promise<Conversation> {
  const store = new Store("t ", () => storage, () => device);
  const conversation = new Conversation(new Api("http://server.example"), store, view);
  open.push(conversation);
  await settled(conversation.start());
  return conversation;
}

async function settled<T>(promise: Promise<T>): Promise<T> {
  // A refusal is looked at below, after the time.
  promise.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(500);
  return promise;
}

async function say(conversation: Conversation, text: string): Promise<void> {
  conversation.send(text);
  await vi.advanceTimersByTimeAsync(100);
}

const said = (conversation: Conversation) => conversation.turns.map((turn) => [turn.text, ...turn.replies.map(({ text }) => text)]);

test("opening the page asks the server for nothing", async () => {
  await page();
  expect(server.asked).toEqual([]);
});

test("a message gets its replies", async () => {
  const conversation = await page();
  await say(conversation, "hello");
  expect(said(conversation)).toEqual([["hello", "one hello", "two hello"]]);
  expect(conversation.turns[0]!.waiting).toBe(false);
});

test.each(["lost", "lost answer", "cut"] as const)("a connection that is %s leads to one message and its whole answer", async (trouble) => {
  const conversation = await page();
  server.troubles = [trouble, trouble];
  await say(conversation, "hello");
  expect(conversation.trouble).toEqual({ kind: "offline" });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said(conversation)).toEqual([["hello", "one hello", "two hello"]]);
  expect(server.turns).toHaveLength(1);
  expect(conversation.trouble).toBeUndefined();
});

test("a stream that broke is asked for without a stream the next time", async () => {
  const asked = vi.spyOn(server, "fetch");
  vi.stubGlobal("fetch", server.fetch);
  const conversation = await page();
  server.troubles = ["cut"];
  await say(conversation, "hello");
  await vi.advanceTimersByTimeAsync(10_000);
  const accepted = asked.mock.calls
    .filter(([url]) => String(url).endsWith("/messages"))
    .map(([, init]) => new Headers(init?.headers).get("accept"));
  expect(accepted).toEqual(["text/event-stream", null]);
});

test("messages written without a connection go out in order when it is back", async () => {
  const conversation = await page();
  server.troubles = Array<"lost">(20).fill("lost");
  for (const text of ["first", "second", "third"]) await say(conversation, text);
  expect(conversation.turns.every((turn) => turn.waiting)).toBe(true);
  server.troubles = [];
  await settled(conversation.wake());
  expect(server.turns.map((turn) => turn.text)).toEqual(["first", "second", "third"]);
});

test("retries come more and more slowly", async () => {
  const conversation = await page();
  server.troubles = Array<"lost">(100).fill("lost");
  await say(conversation, "hello");
  await vi.advanceTimersByTimeAsync(120_000);
  expect(server.asked.filter((asked) => asked === "POST messages").length).toBeLessThan(10);
});

test("what was not sent survives a reload and is sent once", async () => {
  const before = await page();
  await say(before, "hello");
  server.troubles = ["lost answer"];
  await say(before, "kept");
  before.close();
  const after = await page();
  await vi.advanceTimersByTimeAsync(100);
  expect(said(after)).toEqual([["hello", "one hello", "two hello"], ["kept", "one kept", "two kept"]]);
  expect(server.turns).toHaveLength(2);
  expect(tab.getItem("t unsent")).toBeNull();
});

test("a reload brings back turns and level", async () => {
  await say(await page(), "danger");
  const after = await page();
  expect(said(after)).toEqual([["danger", "one danger", "two danger"]]);
  expect(after.raised).toBe(true);
});

test("a closed tab leaves nothing in the browser unless it was asked to remember", async () => {
  await say(await page(), "hello");
  expect(device.length).toBe(0);
  tab.clear();
  expect(said(await page())).toEqual([]);
});

test("a remembered device brings the conversation back, until it is forgotten", async () => {
  const first = await page();
  await say(first, "hello");
  expect(await settled(first.remember())).toBe("GOOD");
  tab.clear();
  const second = await page();
  expect(said(second)).toHaveLength(1);
  await settled(second.forgetDevices());
  tab.clear();
  expect(said(await page())).toEqual([]);
});

test("a device that was revoked elsewhere is forgotten here", async () => {
  device.setItem("t device", "revoked");
  const conversation = await page();
  expect(conversation.remembered).toBe(false);
  await say(conversation, "hello");
  expect(said(conversation)).toHaveLength(1);
});

test("a message written after the session ended is not lost", async () => {
  const conversation = await page();
  await say(conversation, "hello");
  server.sessions.clear();
  server.turns.length = 0;
  await say(conversation, "still here");
  expect(said(conversation)).toEqual([["still here", "one still here", "two still here"]]);
});

test("a raised level is not lowered by an answer that had to be repeated", async () => {
  const conversation = await page();
  await say(conversation, "danger");
  server.level = "none";
  server.troubles = ["lost answer"];
  await say(conversation, "and then");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(conversation.turns.at(-1)!.waiting).toBe(false);
  expect(conversation.level).toBe("risk");
  await say(conversation, "later");
  expect(conversation.level).toBe("none");
});

test("what was answered but could not be kept is said so, and stays in view", async () => {
  const conversation = await page();
  server.broken = true;
  await say(conversation, "hello");
  expect(conversation.trouble).toEqual({ kind: "notStored" });
  await settled(conversation.wake());
  expect(said(conversation)).toEqual([["hello", "one hello", "two hello"]]);
});

test("a session that ends while the page sleeps is said so until it is read, also after a reload and an answer", async () => {
  const conversation = await page();
  await say(conversation, "hello");
  server.sessions.clear();
  await settled(conversation.wake());
  expect(conversation.ended).toBe(true);
  expect(conversation.turns).toEqual([]);
  await say(conversation, "and on");
  expect(conversation.turns[0]!.waiting).toBe(false);
  expect(conversation.ended).toBe(true);
  conversation.close();
  const after = await page();
  expect(after.ended).toBe(true);
  after.readEnd();
  expect(after.ended).toBe(false);
});

test("a session that ended is said so when the page is loaded again, and the card stays until that is read", async () => {
  const before = await page();
  await say(before, "danger");
  before.close();
  server.sessions.clear();
  const after = await page();
  expect([after.ended, after.level, after.turns]).toEqual([true, "risk", []]);
  server.level = "none";
  await say(after, "hello");
  expect(after.level).toBe("risk");
  after.readEnd();
  await say(after, "fine");
  expect(after.level).toBe("none");
});

test("where nothing was said, no end is told", async () => {
  const before = await page();
  await settled(before.journey().catch(() => undefined));
  before.close();
  server.sessions.clear();
  expect((await page()).ended).toBe(false);
});

test("what the menu asks after the end is refused as ended, and nothing is opened for it", async () => {
  const conversation = await page();
  await say(conversation, "hello");
  server.sessions.clear();
  for (const act of [() => conversation.erase(), () => conversation.remember()]) {
    const failed = await settled(act().catch((error: unknown) => error));
    expect(failed).toMatchObject({ status: 401 });
    expect(conversation.ended).toBe(true);
    await say(conversation, "again");
    server.sessions.clear();
  }
});

test("a remembered device goes on with what the menu asks, although its session ended", async () => {
  const conversation = await page();
  await say(conversation, "hello");
  await settled(conversation.remember());
  server.sessions.clear();
  expect(await settled(conversation.erase())).toEqual({ in_words: ["1 messages"] });
});

test("the conversation of a code takes the place of this one, in other tabs too, and is not remembered unasked", async () => {
  vi.stubGlobal("BroadcastChannel", SlowChannel);
  const here = await page();
  await say(here, "begun here");
  await settled(here.remember());
  const other = await page(new Memory());
  await vi.advanceTimersByTimeAsync(1_000);
  const found = await settled(here.behind("OTHER"));
  expect(found.here).toBe(false);
  await settled(here.comeBack(found, true));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said(here)).toEqual([["the other one"]]);
  expect(said(other)).toEqual([["the other one"]]);
  expect([here.remembered, other.remembered]).toEqual([false, false]);
  expect(server.asked).toContain("POST erase");
});

test("the code of the conversation that is open here erases nothing and leaves it remembered", async () => {
  const here = await page();
  await say(here, "begun here");
  await settled(here.remember());
  const found = await settled(here.behind("GOOD"));
  expect(found.here).toBe(true);
  await settled(here.comeBack(found));
  expect(said(here)).toEqual([["begun here", "one begun here", "two begun here"]]);
  expect(here.remembered).toBe(true);
});

test("what waits is not lost when a page is told to load again", async () => {
  server.followed = true;
  const conversation = await page();
  await say(conversation, "hello");
  server.troubles = Array(3).fill({ status: 503, code: "unavailable" });
  await say(conversation, "waiting");
  let told = 0;
  Object.defineProperty(server, "news", { get: () => (told++ ? "ready" : "reload") });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toBeGreaterThan(0);
  expect(server.turns.map(({ text }) => text)).toEqual(["hello", "waiting"]);
});

test("an answer that takes too long is not called a lost connection", async () => {
  const conversation = await page();
  vi.stubGlobal("fetch", async (...asked: Parameters<typeof server.fetch>) => {
    if (String(asked[0]).endsWith("/messages")) throw new DOMException("signal timed out", "TimeoutError");
    return server.fetch(...asked);
  });
  await say(conversation, "hello");
  expect(conversation.trouble).toEqual({ kind: "slow" });
});

test("on a site that is not allowed the reason is told, the words come back and the numbers are shown", async () => {
  const conversation = await page();
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ error: { code: "origin_refused" } }), { status: 403 }));
  await say(conversation, "hello");
  expect(conversation.trouble).toEqual({ kind: "siteRefused" });
  expect(view.giveBack).toHaveBeenCalledWith("hello");
  expect(view.showHelp).toHaveBeenCalled();
});

test("a message that is too long goes back to where it can be changed", async () => {
  const conversation = await page();
  server.troubles = [{ status: 413, code: "too_long" }];
  await say(conversation, "very long");
  expect(conversation.trouble).toEqual({ kind: "tooLong", limit: 20 });
  expect(view.giveBack).toHaveBeenCalledWith("very long");
  expect(conversation.turns).toEqual([]);
  await say(conversation, "short");
  expect(conversation.trouble).toBeUndefined();
});

test("a refused message that raised a level shows level and card", async () => {
  const conversation = await page();
  const card = { ...reply("Samaritans: 116 123", { card: true }), id: "card" };
  server.troubles = [{ status: 413, code: "too_long", level: "risk", card }];
  await say(conversation, "long");
  expect(conversation.level).toBe("risk");
  expect(conversation.card).toEqual(card);
  expect(view.showHelp).toHaveBeenCalled();
});

test("a message sent too fast waits as long as the server says and goes out by itself", async () => {
  const conversation = await page();
  server.troubles = [{ status: 429, code: "too_fast", retry_after: 7 }];
  await say(conversation, "hello");
  expect(conversation.trouble).toEqual({ kind: "tooFast", seconds: 7 });
  expect(server.turns).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(7_000);
  expect(server.turns).toHaveLength(1);
});

test("a session that is refused again and again does not keep the server busy", async () => {
  const conversation = await page();
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const answer = await server.fetch(url, init);
    server.sessions.clear();
    return answer;
  });
  await say(conversation, "hello");
  expect(server.asked.length).toBeLessThan(10);
});

test("a code from another channel brings its conversation here", async () => {
  const conversation = await page();
  await settled(conversation.link("LINK", false));
  expect(said(conversation)).toEqual([["in Telegram"]]);
  expect(await settled(conversation.linked())).toEqual(["telegram"]);
  await say(conversation, "and on");
  expect(server.sessions.size).toBe(1);
});

test("what was begun here stays until it is confirmed that it is given up", async () => {
  const conversation = await page();
  await say(conversation, "hello");
  await expect(settled(conversation.link("LINK", false))).rejects.toMatchObject({ code: "confirm_needed" });
  await expect(settled(conversation.link("WRONG", true))).rejects.toMatchObject({ code: "unknown_code" });
  expect(said(conversation)).toEqual([["hello", "one hello", "two hello"]]);
  await settled(conversation.link("LINK", true));
  expect(said(conversation)).toEqual([["in Telegram"]]);
});

test("an answer to what was written before linking does not appear in the other conversation", async () => {
  const conversation = await page();
  conversation.send("still under way");
  await settled(conversation.link("LINK", true));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said(conversation)[0]).toEqual(["in Telegram"]);
  expect(conversation.turns.every((turn) => !turn.waiting)).toBe(true);
});

test("parted from a linked conversation this browser keeps nothing of it", async () => {
  const conversation = await page();
  await settled(conversation.link("LINK", false));
  await settled(conversation.remember());
  await settled(conversation.unlink());
  expect([conversation.turns, tab.length, device.length]).toEqual([[], 0, 0]);
});

test("deleting leaves nothing in the page and nothing in the browser", async () => {
  const conversation = await page();
  await say(conversation, "hello");
  await settled(conversation.remember());
  expect(await settled(conversation.erase())).toEqual({ in_words: ["1 messages"] });
  expect([conversation.turns, conversation.level, tab.length, device.length]).toEqual([[], "none", 0, 0]);
});

test("an answer that arrives after leaving brings nothing back", async () => {
  const conversation = await page();
  await say(conversation, "hello");
  conversation.send("still under way");
  conversation.leave();
  await vi.advanceTimersByTimeAsync(10_000);
  expect([conversation.turns, tab.length, device.length]).toEqual([[], 0, 0]);
});

test("another tab's session is taken over although its answer comes late", async () => {
  vi.stubGlobal("BroadcastChannel", SlowChannel);
  await say(await page(), "from the first tab");
  const second = await page(new Memory());
  expect(second.turns).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said(second)).toEqual([["from the first tab", "one from the first tab", "two from the first tab"]]);
  await say(second, "from the second");
  expect(server.sessions.size).toBe(1);
});

test("a late answer of another tab does not disturb what was begun here", async () => {
  vi.stubGlobal("BroadcastChannel", SlowChannel);
  await say(await page(), "from the first tab");
  const storage = new Memory();
  const second = await page(storage);
  await say(second, "begun here");
  const session = storage.getItem("t token");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(storage.getItem("t token")).toBe(session);
  expect(server.sessions.size).toBe(2);
});

test("a message that is on its way when another tab answers is sent once", async () => {
  vi.stubGlobal("BroadcastChannel", SlowChannel);
  await say(await page(), "from the first tab");
  const second = await page(new Memory());
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => held.then(() => server.fetch(url, init)));
  second.send("on its way");
  await vi.advanceTimersByTimeAsync(1_000);
  go();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(server.turns.filter((turn) => turn.text === "on its way")).toHaveLength(1);
  expect(second.turns.every((turn) => !turn.waiting)).toBe(true);
});

test("a late answer brings nothing back when the conversation was left since", async () => {
  vi.stubGlobal("BroadcastChannel", SlowChannel);
  const first = await page();
  await say(first, "from the first tab");
  const storage = new Memory();
  const second = await page(storage);
  second.leave();
  await vi.advanceTimersByTimeAsync(2_000);
  expect([second.turns, storage.length]).toEqual([[], 0]);
});

test("a tab that was opened before the conversation began in another one shows it too", async () => {
  vi.stubGlobal("BroadcastChannel", SlowChannel);
  const [first, second] = [await page(), await page(new Memory())];
  await say(first, "begun");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said(second)).toEqual(said(first));
});

test("what another page said before this one began to listen is not missed", async () => {
  const conversation = await page();
  await say(conversation, "hello");
  server.turns.push({ text: "elsewhere", key: "elsewhere", at: "2026-01-01T00:00:01Z", level: "none", replies: [] });
  server.followed = true;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said(conversation).at(-1)).toEqual(["elsewhere"]);
});

test("a browser that refuses storage can still be talked with", async () => {
  const refuse = () => {
    throw new Error("storage is not allowed");
  };
  const conversation = new Conversation(new Api("http://server.example"), new Store("t ", refuse, refuse), view);
  open.push(conversation);
  await settled(conversation.start());
  await say(conversation, "hello");
  expect(said(conversation)).toHaveLength(1);
});

test("a page that is gone listens to nobody any more", async () => {
  server.followed = true;
  const conversation = await page();
  await say(conversation, "hello");
  const asked = () => server.asked.filter((one) => one === "GET events").length;
  expect(asked()).toBe(1);
  conversation.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(1);
});

test("a page that was left open shows nothing more once the session has ended, and asks no more", async () => {
  server.followed = true;
  const conversation = await page();
  await say(conversation, "hello");
  server.sessions.clear();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said(conversation)).toEqual([]);
  expect(conversation.ended).toBe(true);
  const asked = server.asked.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.asked).toHaveLength(asked);
});

/** Holds back the next request of a kind until it is let go. */
function hold(path: string): () => void {
  let go = () => undefined as void;
  const held = new Promise<void>((resolve) => (go = resolve));
  vi.stubGlobal("fetch", async (...asked: Parameters<typeof server.fetch>) => {
    if (String(asked[0]).endsWith(path)) await held;
    return server.fetch(...asked);
  });
  return go;
}

test("what is under way when the conversation is ended keeps nothing later from going out", async () => {
  const conversation = await page();
  await say(conversation, "hello");
  const go = hold("/messages");
  await say(conversation, "under way");
  conversation.leave();
  await say(conversation, "a new beginning");
  go();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said(conversation)).toEqual([["a new beginning", "one a new beginning", "two a new beginning"]]);
});

test("a session that opens after the conversation was ended is not kept, and nothing is sent in it", async () => {
  const conversation = await page();
  const go = hold("/session");
  await say(conversation, "not to be sent");
  conversation.leave();
  go();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(server.turns).toEqual([]);
  expect(tab.length).toBe(0);
});

test("that everything was deleted is said, also when the page hears of it before the answer comes", async () => {
  const conversation = await page();
  await say(conversation, "hello");
  const go = hold("/messages");
  await say(conversation, "delete everything");
  server.followed = true;
  server.news = "erased";
  await vi.advanceTimersByTimeAsync(6_000);
  expect(said(conversation)).toEqual([["delete everything"]]);
  server.followed = false;
  go();
  await vi.advanceTimersByTimeAsync(100);
  expect(said(conversation)).toEqual([["delete everything", "one delete everything", "two delete everything"]]);
});
