// The picture of the way so far: themes as bars, each day in words, heaviness as a line over the days.

import { h, svg } from "./dom.ts";
import { texts } from "./texts.ts";
import type { Day, Journey } from "./types.ts";

const WIDTH = 300;
const HEIGHT = 110;
const EDGE = 12;
const BELOW = 20;
const SMALL = 11;

export function journeyPicture({ kept_back, days, themes, steps, techniques }: Journey): HTMLElement {
  if (kept_back) return h("p", {}, texts.journeyKeptBack);
  const most = Math.max(1, ...themes.map(({ count }) => count));
  const numbers = days.flatMap(({ on, heaviness }) => heaviness.map((value) => ({ on, value })));
  const parts = [
    section(texts.journeyThemes, themes.map(({ name, count }) => h("li", {}, h("span", {}, name), bar(count / most)))),
    section(texts.journeyDays, days.map((day) => h("li", {}, `${shortDay(day.on)}: ${inWords(day)}`))),
    numbers.length ? h("div", {}, h("h4", {}, texts.journeyHeaviness), line(numbers)) : null,
    section(texts.journeyTechniques, techniques.map((name) => h("li", {}, name))),
    section(texts.journeySteps, steps.map((text) => h("li", {}, text))),
  ].filter((part) => part !== null);
  return h("div", { class: "journey" }, ...(parts.length ? parts : [h("p", {}, texts.journeyEmpty)]));
}

/** One day as a line: themes, the first and the last number, how it was after exercises, what was done and agreed. */
export function inWords({ themes, heaviness, felt, techniques, steps }: Day): string {
  const ends = [...new Set([heaviness[0], heaviness.at(-1)])];
  return [
    ...themes.map(({ name }) => name),
    heaviness.length ? texts.journeyWeight(ends.join(" – ")) : "",
    ...felt.map((one) => texts.journeyFelt(one.felt, one.technique)),
    ...techniques.filter((name) => !felt.some(({ technique }) => technique === name)),
    ...steps.map(texts.journeyStep),
  ]
    .filter(Boolean)
    .join("; ");
}

function shortDay(on: string): string {
  return new Date(`${on}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
}

function section(heading: string, items: HTMLLIElement[]): HTMLElement | null {
  return items.length ? h("div", {}, h("h4", {}, heading), h("ul", {}, ...items)) : null;
}

function bar(share: number): SVGElement {
  const width = Math.round(share * WIDTH);
  return svg("svg", { viewBox: `0 0 ${WIDTH} 8`, "aria-hidden": "true", preserveAspectRatio: "none" }, svg("rect", { width, height: 8 }));
}

/** The numbers one after the other, each above its day; a single one stands in the middle. */
function line(numbers: { on: string; value: number }[]): SVGElement {
  const gap = (WIDTH - 2 * EDGE) / numbers.length;
  const points = numbers.map(({ on, value }, place) => {
    const x = EDGE + (place + 0.5) * gap;
    return { x: x.toFixed(1), y: HEIGHT - BELOW - EDGE - (value / 10) * (HEIGHT - BELOW - 3 * EDGE), on, value };
  });
  const word = (x: string, y: number, text: string) => svg("text", { x, y, "font-size": SMALL, "text-anchor": "middle" }, text);
  const days = points.filter(({ on }, place) => on !== points[place - 1]?.on && (place === 0 || gap > 3 * EDGE || place === points.length - 1));
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${texts.journeyHeaviness}: ${numbers.map(({ value }) => value).join(", ")}` },
    svg("polyline", { points: points.map(({ x, y }) => `${x},${y.toFixed(1)}`).join(" ") }),
    ...points.map(({ x, y }) => svg("circle", { cx: x, cy: y.toFixed(1), r: 4 })),
    ...points.map(({ x, y, value }) => word(x, y - 7, String(value))),
    ...days.map(({ x, on }) => word(x, HEIGHT - 4, shortDay(on))),
  );
}
