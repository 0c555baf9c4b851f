// Pictures of the practitioner's room for the manual, from the room of the browser's tests (invented people).
//     node scripts/review-pictures.mjs        writes docs/pictures/review-*.png
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { browse, openPage, project, python, signIn } from "../tests/review/browser/visiting.mjs";

const FOLDER = join(project, "docs", "pictures");
const LARGEST = 90_000;
// A flat page needs few colours.
const SMALLER = "import sys; from PIL import Image; [Image.open(p).convert('RGB').quantize(128).save(p, optimize=True) for p in sys.argv[1:]]";

const server = spawn(python, [join(project, "tests/review/browser/serve.py")], {
  stdio: ["ignore", "pipe", "inherit"],
  env: { ...process.env, PYTHONPATH: [project, join(project, "tests")].join(delimiter) },
});
process.on("exit", () => server.kill());
const house = await new Promise((told) => server.stdout.once("data", (line) => told(JSON.parse(line))));
const browser = await browse();
const page = await openPage(browser, house.address);
await signIn(page, house.address, "mia", "correct horse battery", house.secrets.mia);

mkdirSync(FOLDER, { recursive: true });
const { maria } = house.conversations;
const SHOTS = [
  ["queue", "/queue?state=open", 760],
  ["transcript", `/conversations/${maria}?state=all`, 1000],
  ["overview", "/overview", 1150],
  ["brief", `/conversations/${maria}/brief`, 1250],
  ["library", "/library/entries/h.cost.1", 900],
];
const written = [];
for (const [name, path, height] of SHOTS) {
  await page.setViewportSize({ width: 1000, height });
  await page.goto(`${house.address}/review${path}`);
  if (name === "transcript") {
    const message = page.locator("#turn-2");
    await message.getByRole("link", { name: "Correct" }).or(message.getByRole("button", { name: "Correct" })).waitFor();
    await message.evaluate((element) => element.scrollIntoView());
  }
  if (name === "overview") await page.getByRole("heading", { name: "Alarms" }).evaluate((element) => element.scrollIntoView());
  written.push(join(FOLDER, `review-${name}.png`));
  await page.screenshot({ path: written.at(-1) });
}
await browser.close();
server.kill();
spawnSync(python, ["-c", SMALLER, ...written], { stdio: "inherit" });
for (const path of written) {
  const { size } = statSync(path);
  console.log(`${path.slice(project.length + 1)}  ${size} bytes`);
  if (size > LARGEST) process.exitCode = 1;
}
