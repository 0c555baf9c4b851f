// A Bot API server for the tests: telegram-test-api, with what it leaves out added in front of it.
//
// The package answers sendMessage, the edits and the webhook calls and keeps the messages. Added here: `is_bot` in getMe,
// seconds instead of milliseconds, options
// that are not echoed as text, `chat_instance`, the offset and waiting of getUpdates, the secret header and renewed
// delivery of webhooks, the limits on text and callback_data, the methods it does not know. Under /peer/ a test sends
// updates, looks at the calls of the bot and makes the network fail.

import http from "node:http";
import net from "node:net";
import { once, EventEmitter } from "node:events";
import { createRequire } from "node:module";

const TelegramServer = createRequire(import.meta.url)("telegram-test-api");

const MAX_TEXT = 4096;
const MAX_CALLBACK_DATA = 64;
const events = new EventEmitter().setMaxListeners(0);
const bots = new Map();
let down = false;

function bot(token) {
  if (!bots.has(token)) {
    bots.set(token, { pending: [], delivered: new Map(), calls: [], faults: [], secret: null, refused: false, hooks: [] });
  }
  return bots.get(token);
}

async function freePort() {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

const formatUpdate = TelegramServer.formatUpdate;
TelegramServer.formatUpdate = (update) => {
  if (update.raw) return { update_id: update.updateId, ...update.raw };
  const formatted = formatUpdate(update);
  if (formatted.message) delete formatted.message.botToken;
  if (formatted.callback_query) formatted.callback_query.chat_instance = "1";
  return formatted;
};

class Server extends TelegramServer {
  async addUserUpdate(update) {
    const state = bot(update.botToken);
    const formatted = TelegramServer.formatUpdate(update);
    state.delivered.set(formatted.update_id, formatted);
    this.updateId++;
    if (this.webhooks[update.botToken]) {
      await this.bring(update.botToken, formatted);
    } else {
      state.pending.push(formatted);
      events.emit("update");
    }
    return formatted.update_id;
  }

  async bring(token, formatted) {
    const state = bot(token);
    for (let attempt = 0; attempt < 5; attempt++) {
      const headers = { "content-type": "application/json" };
      if (state.secret) headers["X-Telegram-Bot-Api-Secret-Token"] = state.secret;
      const url = this.webhooks[token].url.replace(state.public ?? "", state.local ?? "");
      const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(formatted) });
      state.hooks.push(answer.status);
      if (answer.ok) return;
    }
  }
}

const innerPort = await freePort();
const inner = new Server({ port: innerPort, host: "127.0.0.1", storeTimeout: 3600 });
await inner.start();

function parts(request, body) {
  const kind = request.headers["content-type"] ?? "";
  if (kind.startsWith("multipart/form-data")) {
    const boundary = /boundary=(.+)$/.exec(kind)[1];
    const found = {};
    for (const part of body.toString("latin1").split(`--${boundary}`)) {
      const [head, ...rest] = part.split("\r\n\r\n");
      const name = /name="([^"]+)"/.exec(head)?.[1];
      if (!name) continue;
      const content = Buffer.from(rest.join("\r\n\r\n").replace(/\r\n$/, ""), "latin1");
      const filename = /filename="([^"]+)"/.exec(head)?.[1];
      found[name] = filename ? { filename, base64: content.toString("base64") } : content.toString();
    }
    return found;
  }
  if (kind.startsWith("application/json")) return JSON.parse(body.toString() || "{}");
  return Object.fromEntries(new URLSearchParams(body.toString()));
}

async function forward(path, parameters) {
  const answer = await fetch(`http://127.0.0.1:${innerPort}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(parameters),
  });
  return answer.json();
}

function refusal(code, description, parameters) {
  return { ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) };
}

async function getUpdates(state, { offset = 0, timeout = 0 }) {
  const from = Number(offset);
  state.pending = state.pending.filter((update) => update.update_id >= from);
  const until = Date.now() + Number(timeout) * 1000;
  while (!state.pending.length && Date.now() < until && !down) {
    const waiting = new AbortController();
    const timer = setTimeout(() => waiting.abort(), until - Date.now());
    await once(events, "update", { signal: waiting.signal }).catch(() => {});
    clearTimeout(timer);
  }
  return { ok: true, result: state.pending.slice(0, 100) };
}

function tooLong(method, { text, reply_markup: markup }) {
  if (text !== undefined && text.length > MAX_TEXT) return refusal(400, "Bad Request: message is too long");
  if (method === "sendMessage" && !text) return refusal(400, "Bad Request: message text is empty");
  for (const row of markup ? JSON.parse(markup).inline_keyboard : []) {
    for (const button of row) {
      if (Buffer.byteLength(button.callback_data) > MAX_CALLBACK_DATA) {
        return refusal(400, "Bad Request: BUTTON_DATA_INVALID");
      }
    }
  }
  return null;
}

async function answer(token, method, parameters) {
  const state = bot(token);
  if (state.refused) return refusal(401, "Unauthorized");
  if (method === "getUpdates") return getUpdates(state, parameters);
  const call = { method, parameters, message_id: null };
  const fault = state.faults.findIndex((planned) => planned.method === method);
  if (fault >= 0) {
    const [planned] = state.faults.splice(fault, 1);
    call.refused = true;
    state.calls.push(call);
    events.emit("call");
    return planned.drop ? null : refusal(planned.code, planned.description ?? "planned", planned.parameters);
  }
  const result = await carryOut(token, state, method, parameters);
  call.message_id = result.result?.message_id ?? null;
  state.calls.push(call);
  events.emit("call");
  return result;
}

async function carryOut(token, state, method, parameters) {
  const path = `/bot${token}/${method}`;
  const wrong = tooLong(method, parameters);
  if (wrong) return wrong;
  if (method === "getMe") {
    const found = await forward(path, {});
    return { ok: true, result: { ...found.result, is_bot: true } };
  }
  if (method === "sendMessage") {
    const found = await forward(path, parameters);
    found.result = { ...found.result, link_preview_options: undefined, date: Math.floor(found.result.date / 1000) };
    return found;
  }
  if (method === "sendPhoto" || method === "sendDocument") {
    const found = await forward(`/bot${token}/sendMessage`, { chat_id: parameters.chat_id, text: "" });
    return { ok: true, result: { ...found.result, text: undefined, date: Math.floor(found.result.date / 1000) } };
  }
  if (method === "setWebhook") {
    state.secret = parameters.secret_token ?? null;
    await forward(path, parameters);
  } else if (["editMessageText", "editMessageReplyMarkup", "answerCallbackQuery", "deleteWebhook"].includes(method)) {
    await forward(path, parameters);
  }
  return { ok: true, result: true };
}

const controls = {
  async update({ token, message, callback, raw }) {
    if (message) {
      await inner.addUserMessage({ botToken: token, ...message });
    } else if (callback) {
      await inner.addUserCallback({ botToken: token, ...callback });
    } else {
      await inner.addUserUpdate({ ...inner.getCommonFields(token), raw });
    }
    return { update_id: inner.updateId - 1, message_id: inner.messageId - 1 };
  },
  async again({ token, update_id: id }) {
    const update = bot(token).delivered.get(id);
    if (inner.webhooks[token]) await inner.bring(token, update);
    else {
      bot(token).pending.push(update);
      events.emit("update");
    }
    return {};
  },
  async calls({ token, after }) {
    while (bot(token).calls.length <= after) await once(events, "call");
    return bot(token).calls.slice(after);
  },
  async fault({ token, ...planned }) {
    bot(token).faults.push(planned);
    return {};
  },
  async refuse({ token }) {
    bot(token).refused = true;
    events.emit("update");
    return {};
  },
  async hook({ token }) {
    return { secret: bot(token).secret, url: inner.webhooks[token]?.url ?? null, answers: bot(token).hooks };
  },
  async reach({ token, ...addresses }) {
    Object.assign(bot(token), addresses);
    return {};
  },
  async network({ up }) {
    down = !up;
    events.emit("update");
    return {};
  },
};

async function serve(request, response) {
  const body = [];
  for await (const chunk of request) body.push(chunk);
  const parameters = parts(request, Buffer.concat(body));
  const control = /^\/peer\/(\w+)$/.exec(request.url);
  let result;
  if (control) {
    result = await controls[control[1]](parameters);
  } else {
    const [, token, method] = /^\/bot([^/]+)\/(\w+)/.exec(request.url);
    result = down ? null : await answer(token, method, parameters);
    if (down) result = null;
  }
  if (result === null) {
    request.socket.destroy();
    return;
  }
  response.writeHead(control ? 200 : (result.error_code ?? 200), { "content-type": "application/json" });
  response.end(JSON.stringify(result));
}

// A bot or test that hangs up in the middle ends its own request, not the server.
const outer = http.createServer((request, response) => serve(request, response).catch(() => request.socket.destroy()));
// A connection that rests is not closed: on a busy machine that would happen just as it is used again.
outer.keepAliveTimeout = outer.requestTimeout = 0;

outer.listen(0, "127.0.0.1", () => console.log(outer.address().port));
process.stdin.resume().on("end", () => process.exit(0));
