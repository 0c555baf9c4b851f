// Paced breathing: a circle that grows and shrinks, the phase in words, and the seconds counted down.

import { button, h } from "./dom.ts";
import { texts } from "./texts.ts";
import type { Breathing } from "./types.ts";

const SMALL = 0.55;

interface Phase {
  words: string;
  seconds: number;
  from: number;
  to: number;
}

export function phases({ inhale, hold, exhale }: Breathing): Phase[] {
  return [
    { words: texts.breatheIn, seconds: inhale, from: SMALL, to: 1 },
    { words: texts.breatheHold, seconds: hold, from: 1, to: 1 },
    { words: texts.breatheOut, seconds: exhale, from: 1, to: SMALL },
  ].filter(({ seconds }) => seconds > 0);
}

export function breathing(plan: Breathing): HTMLElement {
  const circle = h("div", { class: "circle", "aria-hidden": "true" });
  const words = h("p", { class: "phase", "aria-live": "polite" });
  const seconds = h("p", { class: "seconds", "aria-hidden": "true" });
  const round = h("p", { class: "small" }, texts.breathingPlan(plan.inhale, plan.hold, plan.exhale, plan.rounds));
  const press = button(texts.breathingStart, () => (run ? stop("") : start()), { class: "plain" });
  const element = h("div", { class: "breathing", role: "group", "aria-label": texts.breathing }, circle, words, seconds, round, press);
  let run: ReturnType<typeof setInterval> | undefined;
  let moving: Animation | undefined;

  function start(): void {
    const order = phases(plan);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let turn = 0;
    let at = 0;
    let left = 0;
    press.textContent = texts.breathingStop;
    const tick = () => {
      if (!element.isConnected) return stop("");
      if (left === 0) {
        if (at === order.length) {
          at = 0;
          turn++;
        }
        if (turn === plan.rounds) return stop(texts.breathingDone);
        const phase = order[at++]!;
        left = phase.seconds;
        words.textContent = phase.words;
        round.textContent = texts.breathingRound(turn + 1, plan.rounds);
        moving?.cancel();
        if (!calm) moving = move(phase);
      }
      seconds.textContent = String(left--);
    };
    run = setInterval(tick, 1000);
    tick();
  }

  function move({ from, to, seconds: duration }: Phase): Animation {
    const frames = [{ transform: `scale(${from})` }, { transform: `scale(${to})` }];
    return circle.animate(frames, { duration: duration * 1000, easing: "ease-in-out", fill: "forwards" });
  }

  function stop(said: string): void {
    clearInterval(run);
    run = undefined;
    moving?.cancel();
    words.textContent = said;
    seconds.textContent = "";
    press.textContent = texts.breathingStart;
  }

  return element;
}
