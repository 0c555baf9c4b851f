import { expect, test, vi } from "vitest";
import { phases } from "../src/breathing.ts";
import { linked } from "../src/dom.ts";
import { inWords } from "../src/journey.ts";
import { sentences } from "../src/sheets.ts";
import { events } from "../src/stream.ts";

vi.stubGlobal("document", {
  createElement: (tag: string) => {
    const attributes: Record<string, string> = {};
    const element = { tag, attributes, words: "", setAttribute: (name: string, value: string) => void (attributes[name] = value) };
    return Object.assign(element, { append: (...parts: string[]) => void (element.words = parts.join("")) });
  },
});

const links = (line: string) =>
  linked(line).flatMap((part) => (typeof part === "string" ? [] : [(part as unknown as { attributes: { href: string } }).attributes.href]));

test.each([
  ["Samaritans: 116 123. 24/7", ["tel:116123"]],
  ["Emergency: 999.", ["tel:999"]],
  ["0800 1111, every day", ["tel:08001111"]],
  ["Call +49 800 111 0 111", ["tel:+498001110111"]],
  ["988. call or text; 24/7", ["tel:988"]],
  ["999 or 112", ["tel:999", "tel:112"]],
  ["Text SHOUT to 85258", []],
  ["Step 2 of 10", []],
  ["See https://findahelpline.com.", ["https://findahelpline.com"]],
  ["javascript:alert(1) http://plain.example", []],
])("numbers and addresses of %j can be followed", (line, expected) => {
  expect(links(line)).toEqual(expected);
});

test("a line with links reads as before", () => {
  const words = linked("Samaritans: 116 123. 24/7").map((part) => (typeof part === "string" ? part : (part as unknown as { words: string }).words));
  expect(words.join("")).toBe("Samaritans: 116 123. 24/7");
});

test("events are read however the network cuts them", async () => {
  const bytes = new TextEncoder().encode(': hello\n\nevent: reply\ndata: {"text":"é😶"}\n\nevent: done\ndata: {}\n\n');
  for (const size of [1, 2, 3, 7, 1000]) {
    const body = new ReadableStream<Uint8Array>({
      start(stream) {
        for (let at = 0; at < bytes.length; at += size) stream.enqueue(bytes.slice(at, at + size));
        stream.close();
      },
    });
    const found = [];
    for await (const event of events(new Response(body))) found.push(event);
    expect(found).toEqual([
      { name: "reply", data: { text: "é😶" } },
      { name: "done", data: {} },
    ]);
  }
});

test("a breath without holding has two phases", () => {
  expect(phases({ inhale: 4, hold: 0, exhale: 6, rounds: 3 }).map(({ seconds }) => seconds)).toEqual([4, 6]);
  expect(phases({ inhale: 4, hold: 7, exhale: 8, rounds: 3 }).map(({ seconds }) => seconds)).toEqual([4, 7, 8]);
});

test("a receipt is shown in its sentences", () => {
  expect(sentences({ person: "r1", rows: { messages: 3 }, in_words: ["Your history: 3 messages.", "Backups: none."] })).toEqual([
    "Your history: 3 messages.",
    "Backups: none.",
  ]);
  expect(sentences({})).toEqual([]);
  expect(sentences(null)).toEqual([]);
});

test("a day is told with its weight before and after, also where that was only a word", () => {
  const day = { on: "2026-03-02", themes: [{ name: "being a burden", count: 2 }], heaviness: [7], felt: [], steps: [], techniques: [] };
  const felt = [{ technique: "Slow breath", felt: "lighter" }];
  expect(inWords({ ...day, felt, techniques: ["Slow breath"] })).toBe("being a burden; heaviness 7; lighter after “Slow breath”");
  expect(inWords({ ...day, heaviness: [7, 6, 4], steps: ["ring Ana"] })).toBe("being a burden; heaviness 7 – 4; step: ring Ana");
});
