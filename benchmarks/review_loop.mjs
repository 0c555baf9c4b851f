// The whole loop once, for real: people talk and share, reviewers correct, a candidate is trained on what they said,
// compared and promoted, the bot understands what it missed, and the model before comes back.
//
//     node benchmarks/review_loop.mjs [FOLDER]        (needs the widget's packages and Chromium; takes minutes)
//
// Runs `interlude serve` on a copy of the project in FOLDER (a temporary one by default), so that this installation's
// models and conversations stay as they are. Starts from the newest model that is there, and trains one when there is
// none. Prints what happened and how long it took.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browse, openPage, project, python, signIn } from "../tests/review/browser/visiting.mjs";

const PASSWORD = "correct horse battery";
const ROLES = { ana: "practitioner", ben: "practitioner", mia: "lead" };
const THEME = "exhaustion";
// One way of saying it that the training data does not have: the phone that is never charged.
const PEOPLE = [
  ["my battery has been on two percent since march and there's no charger in this house", "if i were a phone you'd have seen the low battery sign for months", "been on low power mode since the spring"],
  ["phone on red, me on red, same thing really", "my inner battery does not hold a charge any more", "woke up at four percent again"],
  ["one bar left and they still keep calling", "i'm in battery saver mode, screen dimmed, only the basics", "the charger never reaches my side of the bed, so to speak"],
  ["i go to work on three percent and come home switched off", "two percent left and someone always opens another app on me", "every morning i start the day at nine percent and go down from there"],
];
const AGAIN = ["been on low power mode since the spring", "low power mode again today, nobody brings a charger"];

const began = Date.now();
const tell = (text) => console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s  ${text}`);

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), "interlude-loop-"));
if (!existsSync(join(folder, "domain.yml"))) {
  for (const part of ["data", "config.yml", "domain.yml", "endpoints.yml", "models"]) {
    if (existsSync(join(project, part))) cpSync(join(project, part), join(folder, part), { recursive: true, preserveTimestamps: true });
  }
}
const environment = { ...process.env, INTERLUDE_HOME: folder, INTERLUDE_DATABASE: `sqlite:///${join(folder, `loop-${began}.db`)}` };
const interlude = (words, input) => {
  const done = spawnSync(python, ["-c", "from bot.cli import main; main()", ...words], { cwd: project, env: environment, input, encoding: "utf8" });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  return done.stdout.trim();
};

const models = () => (existsSync(join(folder, "models")) ? readdirSync(join(folder, "models"), { recursive: true }).filter((name) => name.endsWith(".gz")) : []);
if (!models().length) tell(interlude(["train"]).split("\n").at(-1));
const secrets = {};
for (const [name, role] of Object.entries(ROLES)) {
  const said = interlude(["review", "add-user", name, "--role", role, "--password-stdin"], `${PASSWORD}\n`);
  secrets[name] = new URL(said.split("\n").at(-1)).searchParams.get("secret");
}
tell(`${Object.keys(ROLES).length} reviewers added by command`);

const port = await new Promise((found) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => found(port));
  });
});
const address = `http://127.0.0.1:${port}`;
const server = spawn(python, ["-c", "from bot.cli import main; main()", "serve", "--port", String(port)], { cwd: project, env: environment, stdio: ["ignore", "ignore", "inherit"] });
process.on("exit", () => server.kill());
while (!(await fetch(`${address}/healthz`).catch(() => undefined))?.ok) {
  assert.equal(server.exitCode, null, "the server stopped");
  await new Promise((go) => setTimeout(go, 300));
}
const browser = await browse();
tell(`serving on ${address}`);

const log = (page) => page.getByRole("log");
const say = async (page, text) => {
  const from = Date.now();
  await page.getByLabel("Your message").fill(text);
  await page.getByLabel("Your message").press("Enter");
  await page.waitForFunction(() => document.querySelector("interlude-chat").shadowRoot.querySelector(".waiting"), undefined, { timeout: 2000 }).catch(() => {});
  await page.waitForFunction(() => !document.querySelector("interlude-chat").shadowRoot.querySelector(".waiting"));
  return Date.now() - from;
};
const lastAnswer = (page) =>
  page.evaluate(() => [...document.querySelector("interlude-chat").shadowRoot.querySelectorAll(".bot")].at(-1).innerText.replaceAll("\n", " "));

const chats = [];
for (const messages of PEOPLE) {
  const page = await openPage(browser, address);
  await page.goto(address);
  for (const text of ["hello", ...messages, "train on my messages"]) await say(page, text);
  await page.getByRole("button", { name: "Yes, you may" }).click();
  await log(page).getByText(/don't train on my messages|don’t train on my messages/i).last().waitFor();
  await say(page, "share this conversation");
  await page.getByRole("button", { name: "This conversation" }).click();
  await log(page).getByText(/stop sharing/i).last().waitFor();
  chats.push(page);
}
tell(`${PEOPLE.length} people talked in the chat, agreed to training use and shared`);

const room = async (name) => {
  const page = await openPage(browser, address);
  await signIn(page, address, name, PASSWORD, secrets[name]);
  return page;
};
const [ana, ben, mia] = [await room("ana"), await room("ben"), await room("mia")];
const conversations = async (page) => {
  await page.goto(`${address}/review/queue?state=all`);
  return page.locator("th[scope=row] a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
};
const wanted = PEOPLE.flat();
const theirs = async (page) => {
  const found = [];
  for (const article of await page.locator("article.turn").all()) {
    const text = await article.locator("blockquote").evaluate((quote) => {
      const copy = quote.cloneNode(true);
      copy.querySelectorAll(".tag").forEach((tag) => tag.remove());
      return copy.textContent;
    });
    if (wanted.includes(text)) found.push(["#" + (await article.getAttribute("id")), text]);
  }
  return found;
};
let missed = 0;
const correct = async (page, id, themes) => {
  const article = page.locator(id);
  await article.getByRole("link", { name: "Correct" }).or(article.getByRole("button", { name: "Correct" })).click();
  await article.getByRole("button", { name: "Save themes" }).waitFor();
  for (const box of await article.locator("input[type=checkbox]").all()) await box.setChecked(themes.includes(await box.getAttribute("value")));
  await article.getByRole("button", { name: "Save themes" }).click();
  await article.getByText("You decided on themes").waitFor();
};
for (const page of [ana, ben]) {
  for (const href of await conversations(page)) {
    await page.goto(address + href);
    for (const [id, text] of await theirs(page)) {
      const read = await page.locator(id).locator("dl.facts dd").nth(1).innerText();
      if (page === ana && !/exhaustion [\d.]+(?! ?\(near|[\d.])/.test(read)) missed += 1;
      // The second reviewer sees one of them otherwise.
      await correct(page, id, page === ben && text === wanted[0] ? [] : [THEME]);
    }
  }
}
tell(`two reviewers decided on ${wanted.length} messages; the model had missed the theme in ${missed}`);

await mia.goto(`${address}/review/disagreements`);
const settle = mia.locator("details", { hasText: "Settle themes" });
await settle.getByRole("checkbox", { name: THEME, exact: true }).check();
await settle.getByRole("button", { name: "Settle" }).click();
await mia.getByText("A lead's final word on themes: exhaustion").waitFor();
tell("a lead settled one disagreement");
const exported = join(folder, "corrections.yml");
tell(interlude(["review", "export", exported, "--by", "mia"]));
assert.match(readFileSync(exported, "utf8"), /source: review/);

await mia.goto(`${address}/review/models`);
const before = (await mia.locator("main strong").first().innerText()).trim();
const trained = Date.now();
await mia.getByRole("button", { name: "Train a candidate" }).click();
await mia.getByText("A candidate is being trained").waitFor();
const meanwhile = [];
const idle = await openPage(browser, address);
await idle.goto(address);
const done = mia.getByRole("heading", { name: /^Candidate / }).waitFor({ timeout: 3_600_000 });
let training = true;
done.finally(() => (training = false)).catch(() => {});
while (training) {
  meanwhile.push(await say(idle, "the evenings are long and i do the dishes alone"));
  await new Promise((go) => setTimeout(go, 15_000));
}
await done;
meanwhile.sort((one, other) => one - other);
tell(`a candidate was trained and compared in ${Math.round((Date.now() - trained) / 1000)} s; meanwhile ${meanwhile.length} answers in the chat, median ${meanwhile[meanwhile.length >> 1]} ms, slowest ${meanwhile.at(-1)} ms`);
for (const row of (await mia.getByRole("region", { name: "Both models" }).locator("tbody tr").allInnerTexts()).slice(0, 8)) tell(`  ${row.replaceAll("\t", "  ")}`);
tell(`  ${await mia.locator("summary", { hasText: "Messages read otherwise" }).innerText()}`);
if (process.env.SCREENSHOT) await mia.screenshot({ path: process.env.SCREENSHOT, fullPage: true });

if (await mia.getByRole("button", { name: "Promote" }).count()) await takeOver();
else tell(`nobody can promote it: ${await mia.locator("p.message").first().innerText()}`);

async function takeOver() {
  // A candidate's name begins with that of the model it was trained beside.
  const candidate = (await mia.getByRole("heading", { name: /^Candidate / }).innerText()).split(" ")[1];
  await mia.getByRole("button", { name: "Promote" }).click();
  await mia.locator("main strong").first().filter({ hasText: candidate }).waitFor();
  const after = (await mia.locator("main strong").first().innerText()).trim();
  tell(`promoted: ${after} is in use, ${before} before it`);

  const read = async (texts) => {
    const [chat] = chats;
    for (const text of texts) {
      await say(chat, text);
      tell(`the bot on “${text}”: ${await lastAnswer(chat)}`);
    }
    await say(chat, "share this conversation");
    await chat.getByRole("button", { name: "This conversation" }).last().click();
    await log(chat).getByText(/stop sharing/i).last().waitFor();
    const found = [];
    for (const href of await conversations(mia)) {
      await mia.goto(address + href);
      for (const facts of await mia.locator("article.turn").filter({ hasText: texts[0] }).last().locator("dl.facts").allInnerTexts()) found.push(facts.replaceAll("\n", " "));
    }
    return found;
  };
  for (const facts of await read(AGAIN)) tell(`  as the room shows it: ${facts}`);

  await mia.goto(`${address}/review/models`);
  await mia.getByLabel("Go back to an earlier model").selectOption(before);
  await mia.getByRole("button", { name: "Go back" }).click();
  await mia.locator("main strong").first().filter({ hasText: new RegExp(`^\\s*${before}\\s*$`) }).waitFor();
  tell(`rolled back: ${before} is in use again`);
}
tell(`left in models/: ${models().join(", ")}`);

await browser.close();
server.kill();
await new Promise((go) => server.on("exit", go));
tell("the service stopped");
