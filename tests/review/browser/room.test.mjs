// The room in a real browser: queue, correction, second reviewer, lead, candidate, promotion, library; axe on each page.
// Run with: node --test tests/review/browser/    (needs the widget's packages and Chromium)
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { browse, isAccessible, openPage, project, python, signIn } from "./visiting.mjs";

const PASSWORD = "correct horse battery";
const problems = [];
let server, house, browser;

before(async () => {
  server = spawn(python, [join(project, "tests/review/browser/serve.py")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PYTHONPATH: [project, join(project, "tests")].join(delimiter) },
  });
  // Also when a test ends before it is stopped.
  process.on("exit", () => server.kill());
  house = await new Promise((told, failed) => {
    let heard = "";
    server.stdout.on("data", (part) => {
      heard += part;
      if (heard.includes("\n")) told(JSON.parse(heard.split("\n")[0]));
    });
    server.on("exit", (code) => failed(new Error(`the server stopped with ${code}`)));
  });
  browser = await browse();
});

after(async () => {
  await browser?.close();
  server?.kill();
});

// A code works once, so everybody signs in once.
const pages = new Map();
const as = async (name) => {
  if (!pages.has(name)) {
    const page = await openPage(browser, house.address, problems);
    await signIn(page, house.address, name, PASSWORD, house.secrets[name]);
    pages.set(name, page);
  }
  return pages.get(name);
};

const holdsFocus = (page, id) => page.waitForFunction((wanted) => document.activeElement?.closest("article")?.id === wanted, id);

test("a correction goes from the first reviewer to the model in use, and back", async () => {
  const ana = await as("ana");
  const conversation = `${house.address}/review/conversations/${house.conversations.ida}`;
  await ana.goto(conversation);
  // By keyboard alone: to the second message, open the correction, choose, save.
  await ana.locator("#turn-1").focus();
  await ana.keyboard.press("j");
  await holdsFocus(ana, "turn-2");
  await ana.keyboard.press("c");
  const article = ana.locator("#turn-2");
  await article.getByRole("checkbox", { name: "exhaustion", exact: true }).check();
  await article.getByRole("button", { name: "Save themes" }).click();
  await article.getByText("You decided on themes: exhaustion").waitFor();
  await holdsFocus(ana, "turn-2");
  // What is being typed outlives another button of the same message.
  await article.getByText("Level, reply, note").click();
  await article.getByLabel("Note for yourself").fill("half a no");
  // What went wrong is told at the message, in sight, and is gone with the next thing that goes well.
  await ana.route("**/remark*", (route) => route.fulfill({ status: 422, body: "Not just now." }), { times: 1 });
  await article.focus();
  await ana.keyboard.press("f");
  const told = article.getByRole("alert").getByText("Not just now.");
  await told.waitFor();
  assert.ok(await told.evaluate((line) => line.getBoundingClientRect().bottom <= innerHeight && line.getBoundingClientRect().top >= 0));
  assert.match(problems.splice(0).join("\n"), /^Response Status Error Code 422 from \S+\/remark\S*, [^\n]*$/);
  await ana.keyboard.press("f");
  await article.getByText("Flag by ana").waitFor();
  assert.equal(await article.getByRole("alert").count(), 0);
  assert.equal(await article.getByLabel("Note for yourself").inputValue(), "half a no");
  await holdsFocus(ana, "turn-2");
  await ana.keyboard.press("f");
  await article.getByText("Flag by ana").waitFor({ state: "detached" });

  const ben = await as("ben");
  await ben.goto(conversation);
  assert.equal(await ben.getByText("ana on themes").count(), 0);
  await ben.locator("#turn-2").getByRole("button", { name: "Accept that there is no theme" }).click();
  await ben.locator("#turn-2").getByText("Reviewers disagree on themes").waitFor();

  const mia = await as("mia");
  await mia.goto(`${house.address}/review/disagreements`);
  await isAccessible(mia);
  const settle = mia.locator("details", { hasText: "Settle themes" });
  await settle.getByRole("checkbox", { name: "exhaustion", exact: true }).check();
  await settle.getByRole("button", { name: "Settle" }).click();
  await mia.getByText("A lead's final word on themes: exhaustion").waitFor();

  await mia.goto(`${house.address}/review/models`);
  await mia.getByRole("button", { name: "Train a candidate" }).click();
  await mia.getByRole("heading", { name: "Candidate candidate-1 against first" }).waitFor();
  await isAccessible(mia);
  await mia.getByRole("button", { name: "Promote" }).click();
  await mia.getByText("In use: candidate-1").waitFor();
  await mia.getByLabel("Go back to an earlier model").selectOption("first");
  await mia.getByRole("button", { name: "Go back" }).click();
  await mia.getByText("In use: first").waitFor();
  await mia.getByText("rolled back by mia").waitFor();
});

test("the queue shows by itself what became urgent", async () => {
  const page = await as("root");
  await page.goto(`${house.address}/review/queue`);
  const { conversation } = await (await fetch(`${house.address}/control/talk`, { method: "POST" })).json();
  await page.locator(`#conversation-${conversation}`).waitFor();
  assert.match(await page.locator("tbody tr").first().innerText(), /imminent/);
  assert.equal(await page.getByText("it is getting dark here").count(), 0);
});

test("what would have been better becomes a draft, which a second person approves", async () => {
  const ana = await as("ana");
  await ana.goto(`${house.address}/review/conversations/${house.conversations.maria}`);
  const message = ana.locator("#turn-2");
  await message.getByText("Level, reply, note").click();
  await message.getByLabel("The reply was").selectOption("unhelpful");
  await message.getByLabel("What would have been better").fill("Name first what was carried");
  await message.getByRole("button", { name: "Save", exact: true }).click();
  await message.getByText("You decided on reply h.cost.1: unhelpful").waitFor();
  await ana.goto(`${house.address}/review/library/inbox`);
  await ana.getByText("Name first what was carried").waitFor();
  await isAccessible(ana);
  await ana.getByRole("link", { name: "h.cost.1" }).click();
  // What cannot stand comes back with the reasons and what was typed.
  await ana.getByLabel("question").fill("You must stop! Why?");
  await ana.getByRole("button", { name: "Keep as a draft" }).click();
  await ana.getByText("question: has an exclamation mark").waitFor();
  await isAccessible(ana);
  assert.equal(await ana.getByLabel("question").inputValue(), "You must stop! Why?");
  await ana.getByLabel("question").fill("What would you like to set down first?");
  await ana.getByRole("button", { name: "Keep as a draft" }).click();
  await ana.getByText("Version 2, draft, ana").waitFor();

  const mia = await as("mia");
  await mia.goto(`${house.address}/review/library/drafts`);
  await isAccessible(mia);
  await mia.getByRole("button", { name: "Approve" }).click();
  await mia.getByText("None wait.").waitFor();
});

test("every page is accessible, also on a phone, and asks nobody else", async () => {
  const stranger = await openPage(browser, house.address, problems);
  await stranger.goto(`${house.address}/review/sign-in`);
  await stranger.getByLabel("Name").fill("nobody");
  await stranger.getByLabel("Password").fill(PASSWORD);
  await stranger.getByRole("button", { name: "Sign in" }).click();
  await stranger.getByRole("alert").getByText("That did not work").waitFor();
  await isAccessible(stranger);
  const { maria, jon } = house.conversations;
  const visits = [
    ["mia", "/queue"],
    ["mia", "/queue?level=risk&theme=exhaustion"],
    ["mia", `/conversations/${maria}`],
    ["mia", `/conversations/${jon}?words=all`],
    ["mia", "/turns/2?correct=2"],
    ["mia", `/conversations/${maria}/brief`],
    ["mia", "/overview"],
    ["mia", "/models"],
    ["mia", "/library"],
    ["mia", "/library/entries/h.cost.1"],
    ["mia", "/library/entries/technique.paced_breathing"],
    ["mia", "/library/drafts"],
    ["mia", "/conversations/999999"],
    ["root", "/accounts"],
    ["root", "/queue"],
  ];
  for (const [name, path] of visits) {
    const page = await as(name);
    await page.goto(`${house.address}/review${path}`);
    await isAccessible(page);
  }
  assert.deepEqual(problems, []);
});
