// Small helpers that build elements. Text always goes in as text, never as markup.

type Child = Node | string | null | undefined;
type Props = { class?: string; on?: Record<string, (event: Event) => void>; [attribute: string]: unknown };

const SVG = "http://www.w3.org/2000/svg";

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), props, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill<E extends Element>(element: E, { on = {}, ...attributes }: Props, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(name, String(value));
  }
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function button(label: string, press: () => void, props: Props = {}): HTMLButtonElement {
  return h("button", { type: "button", ...props, on: { click: press } }, label);
}

/** A link that leaves the page open. */
export function outside(address: string, label: string): HTMLAnchorElement {
  return h("a", { href: address, target: "_blank", rel: "noreferrer" }, label);
}

const LINK = /(https:\/\/[^\s]+[^\s.,;:!?)])|(?<!\bto )(?<![\d/])(\+?\d[\d -]{1,16}\d)(?![\d/])/g;

/** The lines of a text as paragraphs; with `links`, addresses and telephone numbers can be followed. */
export function paragraphs(text: string, links = false): HTMLParagraphElement[] {
  return text
    .split(/\n+/)
    .filter((line) => line.trim())
    .map((line) => h("p", {}, ...(links ? linked(line) : [line])));
}

/** A line cut into text and links; numbers of fewer than three digits ("24/7") and those to text to stay text. */
export function linked(line: string): Child[] {
  const parts: Child[] = [];
  let end = 0;
  for (const match of line.matchAll(LINK)) {
    const [found, address] = match;
    const digits = found.replace(/[^\d+]/g, "");
    if (!address && digits.length < 3) continue;
    parts.push(line.slice(end, match.index));
    parts.push(
      address
        ? outside(address, address)
        : h("a", { href: `tel:${digits}` }, found),
    );
    end = match.index + found.length;
  }
  parts.push(line.slice(end));
  return parts;
}
