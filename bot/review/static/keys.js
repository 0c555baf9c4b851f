// Keys of the transcript. They work only while a message has the focus, so that no single letter does anything elsewhere.
(() => {
  const turns = () => [...document.querySelectorAll("[data-turn]")];
  const writing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

  const go = (turn, step) => {
    const all = turns();
    const next = all[all.indexOf(turn) + step];
    if (next) next.focus();
  };

  const press = (turn, what) => {
    const target = turn.querySelector(`[data-key="${what}"]`);
    if (!target) return;
    const box = target.closest("details");
    if (box) box.open = true;
    if (target.matches("textarea, input")) target.focus();
    else target.click();
  };

  const keys = {
    j: (turn) => go(turn, 1),
    k: (turn) => go(turn, -1),
    a: (turn) => press(turn, "accept"),
    c: (turn) => press(turn, "correct"),
    f: (turn) => press(turn, "flag"),
    n: (turn) => press(turn, "note"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    const turn = event.target.closest("[data-turn]");
    const act = turn && keys[event.key];
    if (!act) return;
    event.preventDefault();
    act(turn);
  });

  // A message that was replaced keeps the focus, so that the keys go on working.
  let active = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    const failed = status >= 400 && status !== 401;
    document.getElementById("problem").textContent = failed ? event.detail.serverResponse : "";
    active = document.activeElement?.closest("[data-turn]")?.id ?? null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const inside = document.activeElement && document.activeElement !== document.body;
    if (active && !inside) document.getElementById(active)?.focus();
  });
})();
