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

  // What was typed or chosen in a message's other forms outlives the new message that a button brings.
  const fields = (turn) => [...turn.querySelectorAll("textarea, select, input[type=checkbox]")];
  const nameOf = (field) => {
    const place = field.form.querySelector("input[type=hidden][name=position]")?.value ?? "";
    const box = field.type === "checkbox" ? field.value : "";
    return [new URL(field.form.action).pathname, place, field.name, box].join(" ");
  };
  const valueOf = (field) => (field.type === "checkbox" ? field.checked : field.value);
  const shownAtFirst = (field) => {
    if (field.type === "checkbox") return field.defaultChecked;
    if (field.matches("textarea")) return field.defaultValue;
    return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
  };
  const typedIn = (turn, sent) => {
    const changed = fields(turn).filter((field) => field.form !== sent && valueOf(field) !== shownAtFirst(field));
    return new Map(changed.map((field) => [nameOf(field), valueOf(field)]));
  };
  const typeAgain = (turn, typed) => {
    for (const field of fields(turn)) {
      if (!typed.has(nameOf(field))) continue;
      field[field.type === "checkbox" ? "checked" : "value"] = typed.get(nameOf(field));
      const box = field.closest("details");
      if (box) box.open = true;
    }
  };

  // What went wrong is told where the button is, in sight; elsewhere at the top.
  const tell = (sender, words) => {
    const turn = sender?.closest("[data-turn]");
    let place = document.getElementById("problem");
    if (turn) {
      place = document.createElement("p");
      place.className = "message";
      place.setAttribute("role", "alert");
      const form = sender.closest("form") ?? sender;
      (form.closest(".row") ?? form).after(place);
    }
    place.textContent = words;
    if (turn) place.scrollIntoView({ block: "nearest" });
  };
  const forget = (sender) => {
    document.getElementById("problem").textContent = "";
    for (const told of sender?.closest("[data-turn]")?.querySelectorAll("p[role=alert]") ?? []) told.remove();
  };

  // A message that was replaced keeps the focus, so that the keys go on working.
  let active = null;
  let typed = new Map();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, serverResponse, requestConfig } = event.detail;
    const sender = requestConfig?.elt;
    const turn = sender?.closest("[data-turn]");
    forget(sender);
    active = document.activeElement?.closest("[data-turn]")?.id ?? null;
    typed = new Map();
    if (xhr.status >= 400 && xhr.status !== 401) tell(sender, serverResponse);
    else if (turn) typed = typedIn(turn, sender);
  });
  document.addEventListener("htmx:sendError", (event) => {
    const sender = event.detail.requestConfig?.elt;
    forget(sender);
    tell(sender, "The server did not answer. Try it again.");
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const turn = event.detail.elt?.closest?.("[data-turn]");
    if (turn) {
      typeAgain(turn, typed);
      typed = new Map();
    }
    const inside = document.activeElement && document.activeElement !== document.body;
    if (active && !inside) document.getElementById(active)?.focus();
  });
})();
