import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openBrowser, openPage, say, serve, smallTargets, violations, watched } from "./stage.mjs";

let browser;
let server;

before(async () => {
  browser = await openBrowser();
  server = await serve();
});
after(async () => {
  await browser?.close();
  server?.stop();
});

async function open(path = "/", options = {}) {
  const opened = await openPage(browser, options);
  await opened.page.goto(server.address + path);
  return opened;
}

async function expectText(page, text) {
  await page.getByRole("log").getByText(text, { exact: false }).last().waitFor();
}

const answered = (page) => page.waitForFunction(() => !document.querySelector("interlude-chat").shadowRoot.querySelector(".waiting"));

async function talk(page, ...texts) {
  for (const text of texts) {
    await say(page, text);
    await answered(page);
  }
}

const rows = (page) =>
  page.evaluate(() =>
    Array.from(document.querySelector("interlude-chat").shadowRoot.querySelectorAll(".own, .bot"), (row) =>
      Array.from(row.querySelectorAll("p"), (line) => line.textContent).join(" / "),
    ),
  );

/** Does the breathing from beginning to end: what it said, and how often the circle was set in motion. */
async function breathe(page) {
  await page.evaluate(() => {
    const words = document.querySelector("interlude-chat").shadowRoot.querySelector(".phase");
    const { animate } = Element.prototype;
    window.seen = { said: [], moves: 0 };
    new MutationObserver(() => window.seen.said.push(words.textContent)).observe(words, { childList: true });
    Element.prototype.animate = function (...how) {
      window.seen.moves++;
      return animate.apply(this, how);
    };
  });
  await page.getByRole("group", { name: "Paced breathing" }).getByRole("button", { name: "Start" }).click();
  await page.getByText("Done", { exact: true }).waitFor();
  return page.evaluate(() => window.seen);
}

test("a whole session with an exercise, and a reload in the middle of it", async () => {
  const { context, page, seen } = await open();
  await page.getByRole("button", { name: "Asking for help is hard" }).click();
  await expectText(page, "I am a computer program");
  await talk(page, "an exercise please");
  await page.getByRole("button", { name: "Next" }).click();
  await expectText(page, "This is step 2.");
  const before = await rows(page);
  await page.reload();
  await expectText(page, "This is step 2.");
  assert.deepEqual(await rows(page), before);
  assert.deepEqual((await breathe(page)).said, ["Breathe in", "Breathe out", "Breathe in", "Breathe out", "Done"]);
  await page.getByRole("button", { name: "Next" }).click();
  await expectText(page, "This is step 3.");
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("button", { name: "Lighter" }).click();
  await expectText(page, "Lighter");
  await page.getByRole("button", { name: "That’s not it" }).click();
  await expectText(page, "That’s not it");
  assert.deepEqual([...seen.origins], [server.address]);
  assert.deepEqual(seen.errors, []);
  await context.close();
});

test("it works on a site that has no https", async () => {
  const { context, page, seen } = await openPage(browser);
  await page.goto(server.address.replace("127.0.0.1", "chat.example"));
  assert.equal(await page.evaluate(() => isSecureContext), false);
  await talk(page, "hello", "and more");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Remember me on this device" }).click();
  await page.locator(".code").waitFor();
  await page.reload();
  await expectText(page, "and more");
  assert.deepEqual(seen.errors.filter((error) => !error.includes("Cross-Origin-Opener-Policy")), []);
  await context.close();
});

test("the old quick replies are gone once something else was said", async () => {
  const { context, page } = await open();
  await talk(page, "an exercise please", "stop");
  assert.equal(await page.getByRole("button", { name: "Next" }).count(), 0);
  await expectText(page, "Stopped.");
  await context.close();
});

test("what is written without a connection goes out once, in order, when it is back", async () => {
  const { context, page } = await open();
  await talk(page, "before");
  await context.setOffline(true);
  await say(page, "first without");
  await say(page, "second without");
  await page.getByText("No connection.").waitFor();
  await context.setOffline(false);
  await answered(page);
  await page.reload();
  await expectText(page, "second without");
  const own = (await rows(page)).filter((row) => /without|before/.test(row));
  assert.deepEqual(own, ["before", "first without", "second without"]);
  await context.close();
});

test("an answer that is lost on its way is fetched again and is no second message", async () => {
  const { context, page } = await open();
  await talk(page, "before");
  let lost = 0;
  await page.route("**/api/messages", async (route) => {
    if (lost++) return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  await say(page, "only once");
  await page.waitForFunction(() => !document.querySelector("interlude-chat").shadowRoot.querySelector(".waiting"));
  await page.reload();
  await expectText(page, "only once");
  assert.equal((await rows(page)).filter((row) => row === "only once").length, 1);
  await context.close();
});

test("what was not sent yet survives a reload", async () => {
  const { context, page } = await open();
  await talk(page, "before");
  await page.route("**/api/messages", (route) => route.abort());
  await say(page, "kept for later");
  await page.getByText("No connection.").waitFor();
  await page.unroute("**/api/messages");
  await page.reload();
  await expectText(page, "kept for later");
  await answered(page);
  assert.equal((await rows(page)).filter((row) => row === "kept for later").length, 1);
  await context.close();
});

test("two tabs show the same conversation", async () => {
  const { context, page } = await open();
  await talk(page, "from the first tab");
  const second = watched(context, await context.newPage()).page;
  await second.goto(server.address);
  await expectText(second, "from the first tab");
  await talk(second, "from the second tab");
  await expectText(page, "from the second tab");
  await talk(page, "and back");
  await expectText(second, "and back");
  assert.deepEqual(await rows(page), await rows(second));
  await context.close();
});

test("a panel that was closed catches up when it is opened again", async () => {
  const { context, page } = await open("/embed");
  await page.getByRole("button", { name: "Talk it through" }).click();
  await talk(page, "from the first tab");
  await page.getByRole("button", { name: "Close the chat" }).click();
  const second = watched(context, await context.newPage()).page;
  await second.goto(server.address);
  await expectText(second, "from the first tab");
  await talk(second, "while it was closed");
  await page.getByRole("button", { name: "Talk it through" }).click();
  await expectText(page, "while it was closed");
  await context.close();
});

test("closing the tab ends it, unless the device is asked to remember", async () => {
  const { context, page } = await open();
  await talk(page, "for this tab only");
  await page.close();
  const second = watched(context, await context.newPage()).page;
  await second.goto(server.address);
  await talk(second, "to be remembered");
  assert.equal((await rows(second))[0], "to be remembered");
  await second.getByRole("button", { name: "Menu" }).click();
  await second.getByRole("button", { name: "Remember me on this device" }).click();
  const code = await second.locator(".code").textContent();
  await second.close();
  const third = watched(context, await context.newPage()).page;
  await third.goto(server.address);
  await expectText(third, "to be remembered");

  const elsewhere = await open();
  await elsewhere.page.getByRole("button", { name: "Menu" }).click();
  await elsewhere.page.getByRole("button", { name: "I have a return code" }).click();
  await elsewhere.page.getByLabel("Return code").fill("AAAA-AAAA-AAAA-AAAA");
  await elsewhere.page.getByRole("button", { name: "Bring it back" }).click();
  await elsewhere.page.getByText("Nothing is kept under this code.").waitFor();
  await elsewhere.page.getByLabel("Return code").fill(code.toLowerCase());
  await elsewhere.page.getByRole("button", { name: "Bring it back" }).click();
  await expectText(elsewhere.page, "to be remembered");
  assert.equal(await elsewhere.page.getByText("Only one conversation can go on.").count(), 0);
  await elsewhere.context.close();

  await third.getByRole("button", { name: "Menu" }).click();
  await third.getByRole("button", { name: "Forget me on all devices" }).click();
  await third.getByText("No device and no return code").waitFor();
  assert.equal(await third.evaluate(() => localStorage.length), 0);
  await context.close();
});

test("a return code asks before it takes the place of what was begun here, and other tabs follow", async () => {
  const first = await open();
  await talk(first.page, "the first one");
  await first.page.getByRole("button", { name: "Menu" }).click();
  await first.page.getByRole("button", { name: "Remember me on this device" }).click();
  const code = await first.page.locator(".code").textContent();
  const { context, page } = await open();
  await talk(page, "the second one");
  const tab = watched(context, await context.newPage()).page;
  await tab.goto(server.address);
  await expectText(tab, "the second one");
  const bringBack = async () => {
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("button", { name: "I have a return code" }).click();
    await page.getByLabel("Return code").fill(code);
    await page.getByRole("button", { name: "Bring it back" }).click();
    await page.getByText("Only one conversation can go on.").waitFor();
  };
  await bringBack();
  await page.getByRole("button", { name: "Leave it" }).click();
  await page.keyboard.press("Escape");
  await expectText(page, "the second one");
  await bringBack();
  await page.getByRole("button", { name: "Yes, delete this one" }).click();
  await expectText(page, "the first one");
  await expectText(tab, "the first one");
  assert.equal((await rows(tab)).includes("the second one"), false);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Remember me on this device" }).waitFor();
  await context.close();
  await first.context.close();
});

test("a session that ended is told until it is read, after a reload too, and the card stays", async () => {
  const { context, page } = await open();
  await talk(page, "I want to end my life");
  await page.route("**/api/history", (route) => route.fulfill({ status: 401, json: { error: { code: "session_ended" } } }));
  await page.reload();
  await page.getByText("The earlier conversation has ended").waitFor();
  await page.getByRole("region", { name: "Numbers to call" }).getByRole("link", { name: "116 123" }).waitFor();
  await talk(page, "hello");
  assert.ok(await page.getByText("The earlier conversation has ended").isVisible());
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "All right" }).click();
  assert.equal(await page.getByText("The earlier conversation has ended").count(), 0);
  await context.close();
});

test("what stands in the field survives a reload, and is gone after leaving quickly", async () => {
  const { context, page } = await open();
  await page.getByLabel("Your message").fill("not sent yet");
  await page.reload();
  assert.equal(await page.getByLabel("Your message").inputValue(), "not sent yet");
  await page.evaluate((address) => document.querySelector("interlude-chat").setAttribute("exit", `${address}/healthz`), server.address);
  await page.getByRole("button", { name: "Leave quickly" }).click();
  await page.waitForURL("**/healthz");
  await page.goto(server.address);
  assert.equal(await page.getByLabel("Your message").inputValue(), "");
  await context.close();
});

test("a code can be copied by hand where the clipboard is refused", async () => {
  const { context, page, seen } = await open();
  await talk(page, "hello");
  await page.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new DOMException("no", "NotAllowedError"))));
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Remember me on this device" }).click();
  await page.getByText("An older one no longer works").waitFor();
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByText("Please copy it by hand").waitFor();
  assert.deepEqual(seen.errors, []);
  await context.close();
});

test("on a page from right to left a full stop stays at the end of its text", async () => {
  const { context, page } = await open();
  await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  const ends = await page.evaluate(() => {
    const text = document.querySelector("interlude-chat").shadowRoot.querySelector(".intro p").firstChild;
    const place = (from) => {
      const range = document.createRange();
      range.setStart(text, from);
      range.setEnd(text, from + 1);
      return range.getBoundingClientRect();
    };
    const last = text.length - 1;
    return [place(last - 1).x, place(last).x];
  });
  assert.ok(ends[1] > ends[0], ends.join());
  await context.close();
});

test("one conversation is carried to another app and from there, and parted again", async () => {
  const { context, page, seen } = await open();
  const linking = async (where) => {
    await where.getByRole("button", { name: "Menu" }).click();
    await where.getByRole("button", { name: "Link with another app" }).click();
  };
  const type = async (where, code) => {
    await where.getByLabel("Code from the other side").fill(code);
    await where.getByRole("button", { name: "Link", exact: true }).click();
  };
  await talk(page, "said here");
  await linking(page);
  await page.getByRole("button", { name: "Show a code" }).click();
  const code = await page.locator(".code").textContent();
  assert.match(code, /^[A-Z2-9]{4}-[A-Z2-9]{4}$/);
  const other = await open();
  await linking(other.page);
  assert.equal(await other.page.getByRole("button", { name: "Show a code" }).count(), 0);
  await type(other.page, code.toLowerCase().replace("-", " "));
  await expectText(other.page, "said here");
  await other.context.close();

  await page.getByRole("button", { name: "Back to the chat" }).click();
  await linking(page);
  await type(page, "nonsense");
  await page.getByText("This code does not work.").waitFor();
  await type(page, "test-cdes");
  await page.getByRole("button", { name: "Yes, link it" }).click();
  await expectText(page, "written in Telegram");
  assert.equal((await rows(page)).includes("said here"), false);
  await page.reload();
  await expectText(page, "written in Telegram");
  await linking(page);
  await page.getByText("This conversation goes on here and in Telegram.").waitFor();
  await page.getByRole("button", { name: "Part this chat from it" }).click();
  await page.getByRole("button", { name: "Yes, part them" }).click();
  await page.getByText("This chat is parted").waitFor();
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
  await page.getByRole("button", { name: "Back to the chat" }).click();
  assert.deepEqual(await rows(page), []);
  assert.deepEqual(seen.errors.filter((error) => !error.includes("404") && !error.includes("409")), []);
  await context.close();
});

test("the helpline card stays in view while a level is raised, and is one tap away before", async () => {
  const { context, page } = await open();
  const card = page.getByRole("region", { name: "Numbers to call" });
  await page.getByRole("button", { name: "Get help now" }).click();
  await card.getByRole("link", { name: "116 123" }).waitFor();
  await page.getByRole("button", { name: "Make smaller" }).click();
  await card.waitFor({ state: "hidden" });
  await talk(page, "I want to end my life");
  await card.getByRole("link", { name: "116 123" }).waitFor();
  await page.getByRole("button", { name: "Make smaller" }).click();
  await card.getByRole("button", { name: "Show the numbers" }).waitFor();
  await page.getByRole("button", { name: "Menu" }).click();
  assert.ok(await card.isVisible());
  await page.keyboard.press("Escape");
  await page.reload();
  await card.getByRole("link", { name: "116 123" }).waitFor();
  await talk(page, "I am safe");
  assert.ok(await card.isVisible());
  await context.close();
});

test("in a low window help, a number, the exit, the menu and the field stay in view while a level is raised", async () => {
  for (const viewport of [{ width: 844, height: 390 }, { width: 1024, height: 410 }, { width: 320, height: 256 }]) {
    for (const path of ["/", "/embed"]) {
      const { context, page } = await open(path, { viewport });
      if (path === "/embed") await page.getByRole("button", { name: "Talk it through" }).click();
      await talk(page, "hello", "how heavy is it", "I want to end my life");
      await page.getByLabel("Your message").focus();
      const card = page.getByRole("region", { name: "Numbers to call" });
      const seen = async (state) => {
        const places = {
          help: page.getByRole("button", { name: "Get help now" }),
          exit: page.getByRole("button", { name: "Leave quickly" }),
          menu: page.getByRole("button", { name: "Menu" }),
          number: card.getByRole("link", { name: "116 123" }),
          field: page.getByLabel("Your message"),
          send: page.getByRole("button", { name: "Send" }),
        };
        for (const [name, place] of Object.entries(places)) {
          const { x, y, width, height } = await place.boundingBox();
          const where = `${name} ${state} ${viewport.width}x${viewport.height} ${path}: ${[x, y, width, height]}`;
          assert.ok(x >= 0 && y >= 0 && x + width <= viewport.width && y + height <= viewport.height, where);
          const hit = await place.evaluate((element) => {
            const box = element.getBoundingClientRect();
            const top = element.getRootNode().elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return element === top || element.contains(top);
          });
          assert.ok(hit, `covered: ${where}`);
        }
      };
      await seen("at first");
      await page.getByRole("log").evaluate((log) => log.scrollTo(0, log.scrollHeight));
      await talk(page, "and on");
      await seen("later");
      await card.getByRole("button", { name: "Show the numbers" }).click();
      await card.getByText("Text SHOUT to 85258").waitFor();
      await card.getByRole("button", { name: "Make smaller" }).click();
      await page.getByRole("button", { name: "Menu" }).click();
      assert.ok(await card.getByRole("link", { name: "116 123" }).isVisible());
      await page.keyboard.press("Escape");
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(await smallTargets(page), []);
      await context.close();
    }
  }
});

test("the close button never stands alone in a line of its own", async () => {
  const { context, page } = await open("/embed", { viewport: { width: 320, height: 640 } });
  await page.getByRole("button", { name: "Talk it through" }).click();
  const tops = [];
  for (const name of ["Get help now", "Leave quickly", "Menu", "Close the chat"]) {
    const { y, height } = await page.getByRole("button", { name }).boundingBox();
    tops.push(Math.round(y + height / 2));
  }
  assert.ok(Math.max(...tops) - Math.min(...tops) < 12, tops.join());
  await context.close();
});

test("help is there without a connection too", async () => {
  const { context, page } = await open();
  await page.route("**/api/**", (route) => route.abort());
  await page.getByRole("button", { name: "Get help now" }).click();
  await page.getByRole("link", { name: "https://findahelpline.com" }).waitFor();
  await context.close();
});

test("a long risk text that is refused comes back with the card, and can be shortened", async () => {
  const { context, page } = await open();
  await say(page, "I want to end my life " + "x ".repeat(20_000));
  await page.getByRole("region", { name: "Numbers to call" }).getByRole("link", { name: "116 123" }).waitFor();
  await page.getByText("please send it in parts").waitFor();
  assert.match(await page.getByLabel("Your message").inputValue(), /^I want to end/);
  await context.close();
});

test("a slow answer is announced as being written", async () => {
  const { context, page } = await open();
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await page.route("**/api/messages", (route) => held.then(() => route.continue()));
  await say(page, "hello");
  await page.getByText("An answer is being written").waitFor();
  go();
  await answered(page);
  await page.getByText("An answer is being written").waitFor({ state: "detached" });
  await context.close();
});

test("ratings are buttons", async () => {
  const { context, page } = await open();
  await talk(page, "how heavy is it");
  assert.equal(await page.getByRole("group", { name: "Possible answers" }).getByRole("button").count(), 12);
  await page.getByRole("button", { name: "7", exact: true }).click();
  await expectText(page, "7");
  await context.close();
});

test("everything can be deleted from the menu, in all tabs, with a receipt", async () => {
  const { context, page } = await open();
  await talk(page, "to be deleted");
  const second = watched(context, await context.newPage()).page;
  await second.goto(server.address);
  await expectText(second, "to be deleted");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Delete everything" }).click();
  await page.getByRole("button", { name: "Yes, delete everything" }).click();
  await page.getByText("Your history: 1 message.").waitFor();
  await second.getByText("to be deleted").waitFor({ state: "detached" });
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
  await page.getByRole("button", { name: "Back to the chat" }).click();
  assert.deepEqual(await rows(page), []);
  await talk(page, "a new beginning");
  await expectText(page, "I am a computer program");
  await context.close();
});

test("everything can be deleted by saying so", async () => {
  const { context, page } = await open();
  await talk(page, "to be deleted", "delete everything");
  await expectText(page, "Everything was deleted.");
  await page.reload();
  await talk(page, "a new beginning");
  assert.equal((await rows(page))[0], "a new beginning");
  await context.close();
});

test("a copy can be downloaded", async () => {
  const { context, page } = await open();
  await talk(page, "mine");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Download a copy" }).click();
  for (const [name, file] of [["A page to read", "conversation.md"], ["A file for programs", "conversation.json"]]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    assert.equal(download.suggestedFilename(), file);
  }
  await context.close();
});

test("leaving quickly shows another page and leaves nothing, not even one step back", async () => {
  const { context, page } = await open("/privacy");
  await page.goto(server.address);
  await talk(page, "something private");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("button", { name: "Remember me on this device" }).click();
  await page.locator(".code").waitFor();
  await page.evaluate((address) => document.querySelector("interlude-chat").setAttribute("exit", `${address}/healthz`), server.address);
  await page.getByRole("button", { name: "Leave quickly" }).click();
  await page.waitForURL("**/healthz");
  await page.goBack();
  assert.equal(new URL(page.url()).pathname, "/privacy");
  await page.goto(server.address);
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
  await talk(page, "a new beginning");
  assert.equal((await rows(page))[0], "a new beginning");
  await context.close();
});

test("everything works with the keyboard alone, and the focus is never lost", async () => {
  const { context, page } = await open("/embed");
  const focused = () => page.evaluate(() => document.querySelector("interlude-chat").shadowRoot.activeElement?.textContent);
  const tabTo = async (name) => {
    for (let presses = 0; presses < 60; presses++) {
      if ((await focused()) === name) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${name} cannot be reached`);
  };
  await tabTo("Talk it through");
  await page.keyboard.press("Enter");
  await page.keyboard.type("an exercise please");
  await page.keyboard.press("Enter");
  await expectText(page, "This is step 1.");
  await tabTo("Next");
  await page.keyboard.press("Enter");
  await expectText(page, "This is step 2.");
  await page.keyboard.type("stop");
  await page.keyboard.press("Enter");
  await expectText(page, "Stopped.");
  await tabTo("Get help now");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "116 123" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await focused(), "Get help now");
  await tabTo("Menu");
  await page.keyboard.press("Enter");
  await tabTo("What we talked about so far");
  await page.keyboard.press("Enter");
  await page.getByText("Being a burden", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await focused(), "Menu");
  await page.keyboard.press("Escape");
  assert.equal(await focused(), "Talk it through");
  await context.close();
});

test("an open panel is open again after a reload", async () => {
  const { context, page } = await open("/embed");
  await page.getByRole("button", { name: "Talk it through" }).click();
  await talk(page, "still here");
  await page.reload();
  await expectText(page, "still here");
  await page.getByRole("button", { name: "Close the chat" }).click();
  await page.reload();
  await page.getByRole("button", { name: "Talk it through" }).waitFor();
  assert.equal(await page.getByRole("log").count(), 0);
  await context.close();
});

test("who asked for less motion sees no circle move", async () => {
  for (const [reducedMotion, expected] of [["no-preference", 4], ["reduce", 0]]) {
    const { context, page } = await open("/", { reducedMotion });
    await talk(page, "an exercise please", "next");
    assert.equal((await breathe(page)).moves, expected);
    await context.close();
  }
});

test("it fits from 320 pixels on, at 400 % zoom and from right to left", async () => {
  for (const viewport of [{ width: 320, height: 640 }, { width: 320, height: 256 }, { width: 1400, height: 900 }]) {
    for (const path of ["/", "/embed"]) {
      const { context, page } = await open(path, { viewport });
      await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
      if (path === "/embed") await page.getByRole("button", { name: "Talk it through" }).click();
      await talk(page, "an exercise please", "a-very-long-word".repeat(30), "I want to end my life");
      await page.getByLabel("Your message").scrollIntoViewIfNeeded();
      await say(page, "reachable");
      await expectText(page, "reachable");
      const wider = await page.evaluate(() => {
        const inside = document.querySelector("interlude-chat").shadowRoot.querySelectorAll(".panel, .log, .card, header, form");
        const boxes = [...inside].filter((box) => box.scrollWidth > box.clientWidth + 1);
        return boxes.map((box) => box.className || box.tagName);
      });
      assert.deepEqual(wider, [], `${viewport.width}x${viewport.height} ${path}`);
      assert.deepEqual(await smallTargets(page), []);
      await context.close();
    }
  }
});

test("what is written is shown as text, never as markup", async () => {
  const { context, page, seen } = await open();
  await talk(page, "<img src=x onerror=alert(1)><script>alert(2)</script>");
  assert.equal((await rows(page))[0], "<img src=x onerror=alert(1)><script>alert(2)</script>");
  assert.deepEqual(seen.errors, []);
  await context.close();
});

test("axe sees into the widget", async () => {
  const { context, page } = await open();
  await page.evaluate(() => document.querySelector("interlude-chat").shadowRoot.querySelector(".chat").append(document.createElement("button")));
  assert.match((await violations(page)).join(), /button-name/);
  await context.close();
});

test("axe finds nothing wrong in any state", async () => {
  const looks = [
    { colorScheme: "light" },
    { colorScheme: "dark" },
    { forcedColors: "active" },
    { contrast: "more" },
    { colorScheme: "dark", viewport: { width: 320, height: 640 } },
  ];
  let checks = 0;
  for (const look of looks) {
    const { context, page } = await open("/embed", look);
    const check = async (state) => {
      assert.deepEqual(await violations(page), [], `${state} ${JSON.stringify(look)}`);
      assert.deepEqual(await smallTargets(page), [], `${state} ${JSON.stringify(look)}`);
      checks++;
    };
    const menu = async (item) => {
      await page.getByRole("button", { name: "Menu" }).click();
      await page.getByRole("button", { name: item }).click();
    };
    const back = () => page.getByRole("button", { name: "Back to the chat" }).click();
    await check("closed");
    await page.getByRole("button", { name: "Talk it through" }).click();
    await check("open");
    await talk(page, "hello");
    await check("mirror");
    await talk(page, "how heavy is it");
    await check("ratings");
    await talk(page, "an exercise please", "next");
    await page.getByRole("button", { name: "Start" }).click();
    await check("exercise");
    await page.getByRole("button", { name: "Menu" }).click();
    await check("menu");
    await back();
    await menu("What we talked about so far");
    await page.getByText("Being a burden", { exact: true }).waitFor();
    await check("journey");
    await back();
    await menu("I have a return code");
    await check("return code");
    await back();
    await menu("Link with another app");
    await page.getByRole("button", { name: "Show a code" }).waitFor();
    await check("link");
    await page.getByRole("button", { name: "Show a code" }).click();
    await page.locator(".code").waitFor();
    await check("link code");
    await back();
    await menu("Delete everything");
    await check("delete");
    await back();
    await menu("Remember me on this device");
    await page.locator(".code").waitFor();
    await check("remembered");
    await back();
    await talk(page, "I want to end my life");
    await check("card");
    await page.getByRole("button", { name: "Make smaller" }).click();
    await check("small card");
    await context.setOffline(true);
    await say(page, "not sent");
    await page.getByText("No connection.").waitFor();
    await check("offline");
    await context.close();
  }
  for (const path of ["/", "/protocol", "/privacy"]) {
    const { context, page } = await open(path);
    assert.deepEqual(await violations(page), [], path);
    checks++;
    await context.close();
  }
  console.log(`# axe: 0 violations in ${checks} checks`);
});
