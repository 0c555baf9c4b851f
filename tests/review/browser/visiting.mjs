// What the browser's tests of the room share: Chromium, signing in with a code, axe.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const project = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
export const python = process.env.PYTHON ?? join(project, ".venv", "bin", "python");
const widget = createRequire(join(project, "widget", "package.json"));
const { chromium } = widget("playwright-core");
const axe = readFileSync(widget.resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
// Waiting ends as soon as what is waited for is there; a busy machine may take its time.
const PATIENCE = 120_000;

export const browse = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--no-first-run"], timeout: PATIENCE });

// The code an authenticator app shows now.
export const code = (secret) => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const digest = createHmac("sha1", key).update(step).digest();
  const offset = digest.at(-1) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};

// A page of a visitor of their own; `problems` takes errors of scripts and requests to other places.
export const openPage = async (browser, address, problems = []) => {
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.on("request", (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith("data:")) problems.push(`third party: ${request.url()}`);
  });
  page.on("console", (message) => {
    // A page that is left breaks off what it was asking for.
    const expected = /status of (401|403|404|422)|^htmx:(sendAbort|sendError)/;
    if (message.type() === "error" && !expected.test(message.text())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  return page;
};

export const signIn = async (page, address, name, password, secret) => {
  await page.goto(`${address}/review/sign-in`);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  if (secret) await page.getByLabel("Code of your").fill(code(secret));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Queue" }).waitFor();
};

// 0 violations of axe and no sideways scrolling, on a desk and on a phone.
export const isAccessible = async (page) => {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 900 });
    // The page's own policy lets no script in, so axe comes by the debugger.
    await page.evaluate(axe);
    const found = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), RULES);
    assert.deepEqual(found.violations.map((one) => [page.url(), width, one.id, one.nodes.map((node) => node.target.join(" "))]), []);
    const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
    assert.ok(wide <= width, `${page.url()} is ${wide} wide at ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
};
