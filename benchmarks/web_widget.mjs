// What the manual's table says of the widget, and of others that npm has, measured in one run: size, axe violations,
// requests to third parties, a strict content security policy with Trusted Types, a message written without connection.
//
//     node benchmarks/web_widget.mjs [--others]       (after `npm ci` in widget/ and with Chromium installed)
//
// --others installs the others into a temporary folder. They talk with a stand-in that answers in their own protocols.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { freePort, openBrowser, openPage, say, serve, violations } from "../widget/e2e/stage.mjs";

const OURS = fileURLToPath(new URL("../bot/channels/static/interlude-chat.js", import.meta.url));
const OTHERS = ["deep-chat@2.4.2", "rasa-webchat@1.0.1", "@n8n/chat@1.37.0"];
const SOCKETS = "socket.io@4.8.1";
const ENOUGH = 20_000;
const OFFLINE = "written without a connection";

/** A site with the widget's file, a page around it, and a stand-in for the server that others talk with. */
async function site(port, { files, html, policy, sockets }) {
  const heard = [];
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      let body = "";
      for await (const part of request) body += part;
      heard.push(body);
      response.setHeader("Content-Type", "application/json");
      return response.end(JSON.stringify({ text: "Heard.", output: "Heard." }));
    }
    const path = request.url.split("?")[0];
    const file = files[path];
    const kind = file === undefined ? "html" : path.endsWith(".css") ? "css" : "javascript";
    response.setHeader("Content-Type", `text/${kind}; charset=utf-8`);
    if (policy) response.setHeader("Content-Security-Policy", policy);
    response.end(file ?? html);
  });
  const io = sockets && new sockets.Server(server, { allowEIO3: true });
  io?.on("connection", (socket) => {
    socket.on("session_request", (asked) => socket.emit("session_confirm", asked?.session_id ?? socket.id));
    socket.on("user_uttered", ({ message }) => {
      if (!message) return;
      heard.push(message);
      socket.emit("bot_uttered", { text: "Heard." });
    });
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  const stop = () => (io?.close(), server.close(), server.closeAllConnections());
  return { address: `http://127.0.0.1:${port}`, heard, stop };
}

const page = (body) =>
  `<!doctype html><html lang="en"><head><title>Host</title></head><body><main><h1>A site</h1>${body}</main></body></html>`;

/** Opens the page, has the widget opened and written to, and lets `look` look after each step. */
async function talk(browser, address, widget, look = async () => undefined) {
  const opened = await openPage(browser);
  opened.page.setDefaultTimeout(ENOUGH);
  await opened.page.goto(address);
  await widget.ready(opened.page);
  await look(opened.page, "closed");
  await widget.open(opened.page);
  await look(opened.page, "open");
  for (const text of widget.says) {
    await widget.say(opened.page, text);
    await widget.answered(opened.page);
    await look(opened.page, `after "${text}"`);
  }
  return opened;
}

async function measure(browser, widget) {
  const ports = [await freePort(), await freePort()];
  const server = await widget.server?.(ports);
  const source = server?.address ?? "'self'";
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${source}`,
    `connect-src 'self' ${source}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const around = { files: widget.files ?? {}, html: page(widget.html(server?.address)), sockets: widget.sockets };
  const [plain, strict] = [await site(ports[0], around), await site(ports[1], { ...around, policy })];

  const wrong = new Set();
  let states = 0;
  const { context, page: chat, seen } = await talk(browser, plain.address, widget, async (shown) => {
    states++;
    for (const line of await violations(shown)) wrong.add(line.split(" ").slice(0, 2).join(" "));
  });
  const known = [plain.address, server?.address];
  const third = [...seen.origins].filter((origin) => !known.includes(origin));
  await context.setOffline(true);
  await widget.say(chat, OFFLINE).catch(() => undefined);
  await context.setOffline(false);
  const arrived = await widget.arrived(chat, plain);
  await context.close();

  const strictly = await talk(browser, strict.address, widget).then(
    async ({ context: other, seen: met }) => {
      await other.close();
      return met.errors.length ? `works, ${met.errors.length} errors` : "works";
    },
    () => "does not work",
  );
  for (const one of [plain, strict, server]) one?.stop();
  const size = [widget.file, ...(widget.loads ?? [])].reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);
  return {
    widget: widget.name,
    kB_gzipped: Number((size / 1000).toFixed(1)),
    axe_violations: wrong.size,
    axe_states: states,
    axe_rules: [...new Set([...wrong].map((line) => line.split(" ")[0]))],
    third_parties: third,
    strict_policy: strictly,
    offline_message_arrived: arrived,
  };
}

/** How often a message that was written without a connection arrives within the time. */
async function timesHeard(heard) {
  const count = () => heard.filter((body) => body.includes(OFFLINE)).length;
  for (const end = Date.now() + ENOUGH; Date.now() < end && !count(); ) await new Promise((resolve) => setTimeout(resolve, 200));
  return count();
}

const ours = {
  name: "interlude-chat",
  file: OURS,
  server: (ports) => serve(`allowed_origins=${ports.map((port) => `http://127.0.0.1:${port}`).join(",")}`),
  html: (address) => `<script type="module" src="${address}/static/interlude-chat.js"></script><interlude-chat></interlude-chat>`,
  says: ["hello", "how heavy is it", "an exercise please", "next", "I want to end my life"],
  ready: (chat) => chat.getByRole("button", { name: "Talk it through" }).waitFor(),
  open: (chat) => chat.getByRole("button", { name: "Talk it through" }).click(),
  say,
  answered: (chat) => chat.waitForFunction(() => !document.querySelector("interlude-chat").shadowRoot.querySelector(".waiting")),
  async arrived(chat) {
    await this.answered(chat);
    await chat.reload();
    await chat.getByRole("log").getByText(this.says[0], { exact: true }).waitFor();
    return chat.getByRole("log").getByText(OFFLINE, { exact: true }).count();
  },
};

/** A package without what it depends on: their files for pages hold that, and npm does not have all of it. */
function unpack(name, folder) {
  const into = join(folder, "node_modules", name.slice(0, name.lastIndexOf("@")));
  const packed = execFileSync("npm", ["pack", name, "--pack-destination", folder, "--silent"], { encoding: "utf8" });
  mkdirSync(into, { recursive: true });
  execFileSync("tar", ["xzf", join(folder, packed.trim()), "-C", into, "--strip-components=1"]);
}

/** The others as their own manuals put them on a page, each with what stands in for its server. */
function others(folder) {
  const installed = (path) => join(folder, "node_modules", path);
  const sockets = createRequire(join(folder, "index.js"))("socket.io");
  const arrived = (_, { heard }) => timesHeard(heard);
  const n8n = (name) => installed(`@n8n/chat/dist/${name}`);
  const parts = ["chunk-DzKB351f.mjs", "vue.runtime.esm-bundler-CU4O2zSj.mjs", "en-Ubc0tWnj-BmN9jzm2.mjs"];
  return [
    {
      name: OTHERS[0],
      file: installed("deep-chat/dist/deepChat.bundle.js"),
      files: { "/widget.js": readFileSync(installed("deep-chat/dist/deepChat.bundle.js"), "utf8") },
      html: () => `<script type="module" src="/widget.js"></script><deep-chat connect='{"url":"/chat"}'></deep-chat>`,
      says: ["hello"],
      ready: (chat) => chat.locator("deep-chat #text-input").waitFor(),
      open: async () => undefined,
      async say(chat, text) {
        await chat.locator("deep-chat #text-input").fill(text);
        await chat.locator("deep-chat #text-input").press("Enter");
      },
      answered: (chat) => chat.getByText("Heard.").first().waitFor(),
      arrived,
    },
    {
      name: OTHERS[1],
      file: installed("rasa-webchat/lib/index.js"),
      files: {
        "/widget.js": readFileSync(installed("rasa-webchat/lib/index.js"), "utf8"),
        "/start.js": `window.WebChat.default({ socketUrl: location.origin, socketPath: "/socket.io/", title: "Chat", customMessageDelay: () => 0 }, null);`,
      },
      sockets,
      html: () => `<script src="/widget.js"></script><script src="/start.js" defer></script>`,
      says: ["hello"],
      ready: (chat) => chat.locator(".rw-launcher").waitFor(),
      open: (chat) => chat.locator(".rw-launcher").click(),
      async say(chat, text) {
        await chat.locator(".rw-new-message").fill(text);
        await chat.locator(".rw-new-message").press("Enter");
      },
      answered: (chat) => chat.getByText("Heard.").first().waitFor(),
      arrived,
    },
    {
      name: OTHERS[2],
      file: n8n("chat.bundle.es.js"),
      loads: parts.map(n8n),
      files: {
        "/widget.js": readFileSync(n8n("chat.bundle.es.js"), "utf8"),
        ...Object.fromEntries(parts.map((name) => [`/${name}`, readFileSync(n8n(name), "utf8")])),
        "/style.css": readFileSync(n8n("style.css"), "utf8"),
        "/start.js": `import { createChat } from "/widget.js"; createChat({ webhookUrl: "/chat", loadPreviousSession: false });`,
      },
      html: () => `<link rel="stylesheet" href="/style.css"><script type="module" src="/start.js"></script>`,
      says: ["hello"],
      ready: (chat) => chat.locator(".chat-window-toggle").waitFor(),
      open: (chat) => chat.locator(".chat-window-toggle").click(),
      async say(chat, text) {
        await chat.locator(".chat-inputs textarea").fill(text);
        await chat.locator(".chat-inputs textarea").press("Enter");
      },
      answered: (chat) => chat.getByText("Heard.").first().waitFor(),
      arrived,
    },
  ];
}

const folder = mkdtempSync(join(tmpdir(), "widgets-"));
const browser = await openBrowser();
try {
  const measured = [ours];
  if (process.argv.includes("--others")) {
    execFileSync("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--silent", SOCKETS], { stdio: "inherit" });
    for (const name of OTHERS) unpack(name, folder);
    measured.push(...others(folder));
  }
  for (const widget of measured) console.log(JSON.stringify(await measure(browser, widget), null, 2));
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
