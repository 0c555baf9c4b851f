import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { freePort, host, openBrowser, openPage, say, serve, violations } from "./stage.mjs";

const HOSTILE = `
  * { color: red !important; font: 9px/3 fantasy !important; letter-spacing: 4px !important; text-transform: uppercase !important;
      background: yellow !important; border: 3px solid lime !important; margin: 11px !important; text-align: right !important;
      cursor: none !important; white-space: pre !important; visibility: visible; word-spacing: 1em !important; }
  html { font-size: 62.5% !important; line-height: 4 !important; }
  button, textarea, section, header, p { display: none !important; }
  :focus-visible { outline: none !important; }
  ::placeholder { color: transparent !important; }
`;

let browser;
let server;
let plain;
let hostile;

before(async () => {
  const ports = [await freePort(), await freePort()];
  browser = await openBrowser();
  server = await serve(`allowed_origins=${ports.map((port) => `http://127.0.0.1:${port}`).join(",")}`);
  const widget = `<script type="module" src="${server.address}/static/interlude-chat.js"></script><interlude-chat></interlude-chat>`;
  const page = (head) => `<!doctype html><html lang="en"><head><title>Host</title>${head}</head><body><main><h1>A site</h1>${widget}</main></body></html>`;
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    `script-src ${server.address}`,
    `connect-src ${server.address}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  plain = await host(ports[0], { html: page("") });
  hostile = await host(ports[1], { html: page(`<link rel="stylesheet" href="/host.css">`), styles: HOSTILE, policy });
});
after(async () => {
  await browser?.close();
  for (const site of [server, plain, hostile]) site?.stop();
});

/** A short session on a site; pictures of its panel, and what was asked of whom. */
async function visit(site) {
  const { context, page, seen } = await openPage(browser, { reducedMotion: "reduce" });
  await page.goto(site.address);
  const launcher = page.getByRole("button", { name: "Talk it through" });
  const pictures = [];
  const picture = async (box, edge) => {
    await page.mouse.move(0, 0);
    const { x, y, width, height } = await box.boundingBox();
    // Without the round corners, behind which the page around it is seen.
    const clip = { x: x + edge, y: y + edge, width: width - 2 * edge, height: height - 2 * edge };
    pictures.push(await page.screenshot({ clip, animations: "disabled", caret: "hide" }));
  };
  await picture(launcher, 12);
  await launcher.click();
  const panel = page.getByRole("dialog");
  const quiet = () => page.waitForFunction(() => !document.querySelector("interlude-chat").shadowRoot.querySelector(".waiting"));
  await picture(panel, 8);
  for (const text of ["hello", "an exercise please", "next", "I want to end my life"]) {
    await say(page, text);
    await quiet();
    await picture(panel, 8);
  }
  await page.getByRole("button", { name: "Menu" }).click();
  await picture(panel, 8);
  await page.getByRole("button", { name: "Download a copy" }).click();
  await page.getByRole("button", { name: "A page to read" }).click();
  await page.getByText("The copy is in your downloads.").waitFor();
  const found = (await violations(page)).filter((line) => line.includes("interlude-chat"));
  await context.close();
  return { pictures, seen, found };
}

/** How many pixels of two pictures differ by more than the smoothing of edges, which is not the same in every run. */
async function differentPixels(one, other) {
  const { context, page } = await openPage(browser);
  const different = await page.evaluate(
    async (pictures) => {
      const [first, second] = await Promise.all(
        pictures.map(async (picture) => {
          const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
          const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
          canvas.drawImage(image, 0, 0);
          return canvas.getImageData(0, 0, image.width, image.height).data;
        }),
      );
      if (first.length !== second.length) return Infinity;
      return first.filter((value, place) => Math.abs(value - second[place]) > 60).length;
    },
    [one.toString("base64"), other.toString("base64")],
  );
  await context.close();
  return different;
}

test("in a hostile page it looks the same, works the same, and asks nobody but its server", async () => {
  const [expected, actual] = [await visit(plain), await visit(hostile)];
  assert.ok((await differentPixels(expected.pictures[1], expected.pictures[2])) > 0, "the comparison sees nothing");
  for (const [place, picture] of expected.pictures.entries()) {
    assert.equal(await differentPixels(picture, actual.pictures[place]), 0, `picture ${place} differs`);
  }
  assert.deepEqual([...actual.seen.origins].sort(), [hostile.address, server.address].sort());
  assert.deepEqual(actual.seen.errors, []);
  assert.deepEqual(actual.found, []);
});

test("a site that is not on the list is told so, and the person too", async () => {
  const other = await host(await freePort(), {
    html: `<script type="module" src="${server.address}/static/interlude-chat.js"></script><interlude-chat></interlude-chat>`,
  });
  const { context, page } = await openPage(browser);
  await page.goto(other.address);
  await page.getByRole("button", { name: "Talk it through" }).click();
  await say(page, "hello");
  await page.getByRole("status").filter({ hasText: "This site is not allowed to use the chat" }).waitFor();
  await page.getByRole("link", { name: "https://findahelpline.com" }).waitFor();
  assert.equal(await page.getByLabel("Your message").inputValue(), "hello");
  await context.close();
  other.stop();
});
