// Pictures of six states for the manual, from a running service: npm run pictures -- FOLDER ADDRESS
import { mkdirSync, writeFileSync } from "node:fs";
import { openBrowser, openPage, say } from "./stage.mjs";

const [folder, address] = process.argv.slice(2);
if (!address) {
  console.error("Say where the pictures go and which service they show: npm run pictures -- ../docs/pictures http://127.0.0.1:8000");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const browser = await openBrowser();

async function picture(name, options, ...acts) {
  const { context, page } = await openPage(browser, { viewport: { width: 480, height: 720 }, ...options });
  await page.goto(`${address}/embed`);
  await page.getByRole("button", { name: "Talk it through" }).click();
  for (const act of acts) await act(page);
  await page.mouse.move(0, 0);
  writeFileSync(`${folder}/chat-${name}.webp`, await small(await page.screenshot()));
  await context.close();
}

async function small(png) {
  const { context, page } = await openPage(browser);
  const webp = await page.evaluate(async (base64) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.9 });
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  }, png.toString("base64"));
  await context.close();
  return Buffer.from(webp);
}

const write = (text) => async (page) => {
  await say(page, text);
  await page.waitForFunction(() => !document.querySelector("interlude-chat").shadowRoot.querySelector(".waiting"));
};
const press = (name) => (page) => page.getByRole("button", { name, exact: true }).click();
const open = (text) => (page) => page.locator("summary", { hasText: text }).last().click();
const see = (text) => (page) => page.getByText(text, { exact: true }).waitFor();

const opening = write("I do everything myself, at work and at home");
const exercise = [write("can we do a breathing exercise"), press("Paced breathing"), see("Step 1 of 5"), press("Next"), see("Step 2 of 5")];
await picture("start", {});
await picture("mirror", {}, write("hello"), opening, open("Where is this from?"));
await picture("exercise", {}, ...exercise, press("Start"), see("4"), see("2"));
await picture("card", {}, opening, write("I want to end my life"));
await picture("menu", {}, opening, press("Menu"));
await picture("dark", { colorScheme: "dark", viewport: { width: 320, height: 640 } }, opening, write("an exercise please"));
await browser.close();
