// A strict stand-in for the host: anywidget's model interface on one page, with the real Python widget behind it.
// Whatever a host would forgive is an error here: an unknown trait, a trait's value changed in place.

const { setInterval: every } = window;
const live = { timers: new Set(), listeners: new Set() };
// The test driver's own scripts listen and wait on the page too; only the widget's count.
const byWidget = () => new Error().stack.includes("/widget.js");

for (const [start, stop] of [["setTimeout", "clearTimeout"], ["setInterval", "clearInterval"]]) {
  const [begin, end] = [window[start], window[stop]];
  window[start] = (action, ...rest) => {
    const handle = begin((...values) => {
      if (start === "setTimeout") live.timers.delete(handle);
      action(...values);
    }, ...rest);
    if (byWidget()) live.timers.add(handle);
    return handle;
  };
  window[stop] = (handle) => {
    live.timers.delete(handle);
    end(handle);
  };
}

for (const target of [window, document, document.body]) {
  const { addEventListener: add, removeEventListener: remove } = target;
  target.addEventListener = (type, listener, options) => {
    const entry = { type, listener };
    if (byWidget()) live.listeners.add(entry);
    options?.signal?.addEventListener("abort", () => live.listeners.delete(entry));
    return add.call(target, type, listener, options);
  };
  target.removeEventListener = (type, listener, options) => {
    for (const entry of live.listeners) {
      if (entry.type === type && entry.listener === listener) live.listeners.delete(entry);
    }
    return remove.call(target, type, listener, options);
  };
}

function frozen(value) {
  if (value && typeof value === "object") {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

class StubModel {
  #state;
  #changed = new Set();
  #listeners = new Map();
  read = new Set();

  constructor(state) {
    this.#state = frozen(state);
  }

  get(name) {
    this.#known(name);
    this.read.add(name);
    return this.#state[name];
  }

  set(name, value) {
    this.#known(name);
    this.read.add(name);
    this.#changed.add(name);
    this.#put(name, JSON.parse(JSON.stringify(value)));
  }

  on(event, listener) {
    if (event.startsWith("change:")) this.#known(event.slice(7));
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  off(event, listener) {
    const kept = (this.#listeners.get(event) ?? []).filter((one) => listener && one !== listener);
    this.#listeners.set(event, kept);
  }

  save_changes() {
    const state = Object.fromEntries([...this.#changed].map((name) => [name, this.#state[name]]));
    this.#changed.clear();
    void this.#toPython({ method: "update", state });
  }

  send(content) {
    void this.#toPython({ method: "custom", content });
  }

  receive(message) {
    if (message.method === "custom") this.#fire("msg:custom", message.content, []);
    if (message.method === "update") {
      for (const [name, value] of Object.entries(message.state)) this.#put(name, value);
    }
  }

  get listenerCount() {
    return [...this.#listeners.values()].reduce((sum, listeners) => sum + listeners.length, 0);
  }

  async #toPython(message) {
    for (const reply of JSON.parse(await window.toPython(JSON.stringify(message)))) this.receive(reply);
  }

  #put(name, value) {
    if (JSON.stringify(value) === JSON.stringify(this.#state[name])) return;
    this.#state = { ...this.#state, [name]: frozen(value) };
    this.#fire(`change:${name}`);
    this.#fire("change");
  }

  #fire(event, ...values) {
    for (const listener of this.#listeners.get(event) ?? []) listener(...values);
  }

  #known(name) {
    if (!(name in this.#state)) throw new Error(`the widget has no synced trait ${name}`);
  }
}

/** Render `views` views of one model; what the test needs is left in `window.stub`. */
export async function start(module, state, views) {
  const model = new StubModel(state);
  const ends = [];
  for (let count = 0; count < views; count += 1) {
    const el = document.body.appendChild(document.createElement("div"));
    el.className = "stub-view";
    ends.push(await module.default.render({ model, el, signal: new AbortController().signal }));
  }
  every(async () => {
    for (const message of JSON.parse(await window.fromPython())) model.receive(message);
  }, 20);
  window.stub = {
    model,
    end(index) {
      ends[index]?.();
      ends[index] = null;
    },
    left: () => ({ model: model.listenerCount, page: live.listeners.size, timers: live.timers.size }),
  };
}
