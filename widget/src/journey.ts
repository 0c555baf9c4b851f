// The picture of the way so far: themes as bars, heaviness as a line, and both in words for those who do not see them.

import { h, svg } from "./dom.ts";
import { texts } from "./texts.ts";
import type { Journey } from "./types.ts";

const WIDTH = 300;
const HEIGHT = 90;
const EDGE = 8;

export function journeyPicture({ themes, heaviness, steps, techniques }: Journey): HTMLElement {
  const most = Math.max(1, ...themes.map(({ count }) => count));
  const parts = [
    section(texts.journeyThemes, themes.map(({ name, count }) => h("li", {}, h("span", {}, name), bar(count / most)))),
    heaviness.length > 1 ? h("div", {}, h("h4", {}, texts.journeyHeaviness), line(heaviness)) : null,
    section(texts.journeyTechniques, techniques.map((name) => h("li", {}, name))),
    section(texts.journeySteps, steps.map((text) => h("li", {}, text))),
  ].filter((part) => part !== null);
  return h("div", { class: "journey" }, ...(parts.length ? parts : [h("p", {}, texts.journeyEmpty)]));
}

function section(heading: string, items: HTMLLIElement[]): HTMLElement | null {
  return items.length ? h("div", {}, h("h4", {}, heading), h("ul", {}, ...items)) : null;
}

function bar(share: number): SVGElement {
  const width = Math.round(share * WIDTH);
  return svg("svg", { viewBox: `0 0 ${WIDTH} 8`, "aria-hidden": "true", preserveAspectRatio: "none" }, svg("rect", { width, height: 8 }));
}

function line(values: number[]): SVGElement {
  const gap = (WIDTH - 2 * EDGE) / (values.length - 1);
  const points = values.map((value, place) => [EDGE + place * gap, HEIGHT - EDGE - (value / 10) * (HEIGHT - 2 * EDGE)] as const);
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${texts.journeyHeaviness}: ${values.join(", ")}` },
    svg("polyline", { points: points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ") }),
    ...points.map(([x, y]) => svg("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 4 })),
  );
}
