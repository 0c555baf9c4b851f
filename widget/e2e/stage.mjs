// A real Chromium, the web channel over its stand-in engine, and pages around the widget.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// Sites named *.example are this machine, too: unlike 127.0.0.1 they are no secure context over plain http.
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--host-resolver-rules=MAP *.example 127.0.0.1"];
// Nothing here is about speed: a step may take as long as it does on a machine that has much else to do.
const PATIENCE = 120_000;
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const openBrowser = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...FLAGS, ...QUIET], timeout: PATIENCE });

/** Starts the server on a free port; gives its address and a way to end it. */
export async function serve(...settings) {
  const port = await freePort();
  const python = process.env.PYTHON ?? `${ROOT}.venv/bin/python`;
  const child = spawn(python, ["-m", "tests.channels.fake_server", String(port), ...settings], { cwd: ROOT, stdio: "inherit" });
  // Also when a test ends before it is stopped.
  process.on("exit", () => child.kill());
  child.unref();
  const address = `http://127.0.0.1:${port}`;
  const late = Date.now() + PATIENCE;
  while (child.exitCode === null && child.signalCode === null && Date.now() < late) {
    const answered = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    if (answered?.ok) return { address, stop: () => child.kill() };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("The server did not start. Is the Python environment set up (make setup)?");
}

/** A site that is not ours, with a page of its own around the widget; `policy` is its Content-Security-Policy. */
export async function host(port, { styles = "", policy = "", html = "" }) {
  const server = createServer((request, response) => {
    const css = request.url === "/host.css";
    response.setHeader("Content-Type", css ? "text/css" : "text/html; charset=utf-8");
    if (policy) response.setHeader("Content-Security-Policy", policy);
    response.end(css ? styles : html);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

export function freePort() {
  const server = createServer();
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    }),
  );
}

/** A page that keeps in mind which origins were asked and what went wrong. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 900, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  return watched(context, await context.newPage());
}

export function watched(context, page) {
  const seen = { origins: new Set(), errors: [] };
  page.on("request", (request) => /^http/.test(request.url()) && seen.origins.add(new URL(request.url()).origin));
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && seen.errors.push(message.text()));
  return { context, page, seen };
}

export const say = async (page, text) => {
  await page.getByLabel("Your message").fill(text);
  await page.getByLabel("Your message").press("Enter");
};

/** What axe finds wrong, one line each. */
export async function violations(page) {
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target} ${failureSummary}`));
}

/** Controls of the widget that are smaller than 24 by 24 CSS pixels. */
export const smallTargets = (page) =>
  page.evaluate(() => {
    const controls = document.querySelector("interlude-chat").shadowRoot.querySelectorAll("button, a, summary, input, textarea");
    return Array.from(controls)
      .filter((control) => control.checkVisibility())
      .map((control) => ({ text: control.textContent || control.tagName, box: control.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ text, box }) => `${text} ${box.width}x${box.height}`);
  });
