// What every view needs: elements without HTML strings, an end that undoes everything, questions to Python, numbers.

/**
 * Make an element. Text children become text nodes, so nothing from the data is ever read as HTML.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} attributes  `on…` is a listener, `class` and `aria-…` are attributes, `.name` sets a
 *   property; null, undefined and false leave the attribute out, true sets it empty.
 * @param {...(Node | string | number | null | undefined | false | Array)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith(".")) element[name.slice(1)] = value;
    else if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child || child === 0).map(asNode));
  return element;
}

function asNode(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}

/** The same for the elements of a drawing. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Replace the children of `element`, but leave it alone when nothing would change, so that focus is kept. */
export function fill(element, ...children) {
  const nodes = children.flat(Infinity).filter((child) => child || child === 0).map(asNode);
  const same = nodes.length === element.childNodes.length && nodes.every((node, i) => node.isEqualNode(element.childNodes[i]));
  if (!same) element.replaceChildren(...nodes);
  return element;
}

const KEEP_KEYS = "data-lm-suppress-shortcuts";

/** The root of a view. Its colours come from base.css, and JupyterLab's shortcuts are kept off it. */
export function root(el, name) {
  const element = h("div", { class: `tasknb tasknb-${name}`, [KEEP_KEYS]: "true", onfocusin: keepKeys, onkeydown: passOnSave });
  el.replaceChildren(element);
  return element;
}

/**
 * JupyterLab's selectors fit the focused element itself, so that the mark on the root comes too late: without one on
 * the element, "x" on a check box cuts the cell with the widget in it.
 */
function keepKeys(event) {
  event.target.setAttribute(KEEP_KEYS, "true");
}

/** Saving the notebook is the one shortcut that everybody expects to work everywhere. */
function passOnSave(event) {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  document.body.dispatchEvent(new KeyboardEvent("keydown", event));
}

/**
 * Everything that a view must undo when it goes away: listeners, timers, subscriptions.
 * Return `life.end` from `render`.
 */
export function lifetime() {
  const controller = new AbortController();
  const undo = new Set();
  const timer = (start, stop, repeats) => (milliseconds, action) => {
    if (controller.signal.aborted) return () => {};
    const cancel = () => {
      stop(handle);
      undo.delete(cancel);
    };
    const handle = start(() => {
      if (!repeats) undo.delete(cancel);
      action();
    }, milliseconds);
    undo.add(cancel);
    return cancel;
  };
  return {
    signal: controller.signal,
    onEnd: (action) => undo.add(action),
    end() {
      controller.abort();
      for (const action of [...undo]) action();
      undo.clear();
    },
    /** Listen to something that outlives the view, such as `document`. */
    listen(target, type, listener, options = {}) {
      target.addEventListener(type, listener, { ...options, signal: controller.signal });
    },
    /** Listen to the model, for example to `change:draft`. */
    on(model, event, listener) {
      model.on(event, listener);
      undo.add(() => model.off(event, listener));
    },
    /** Call `action` once after some milliseconds, unless the view has gone by then; returns what cancels it. */
    after: timer(setTimeout, clearTimeout, false),
    /** Call `action` again and again; returns what stops it. */
    every: timer(setInterval, clearInterval, true),
  };
}

/** A call that waits until `milliseconds` have passed since the last one; `.now()` makes a waiting call at once. */
export function debounced(life, milliseconds, action) {
  let cancel = null;
  const run = () => {
    cancel = null;
    action();
  };
  const call = () => {
    cancel?.();
    cancel = life.after(milliseconds, run);
  };
  call.now = () => {
    if (!cancel) return;
    cancel();
    run();
  };
  return call;
}

/** The error of a question that nobody can hear, as after the kernel was restarted. */
export const GONE = "The kernel that this view belongs to is gone. Run this cell again.";

/**
 * A line to Python: `ask(name, parameters)` is answered by the widget's method `_answer_<name>`.
 * The promise is rejected with what Python raised. Once the view has gone it is never settled.
 */
export function asker(model, life) {
  const waiting = new Map();
  const view = Math.random().toString(36).slice(2);
  let count = 0;
  life.on(model, "msg:custom", (reply) => {
    const promise = waiting.get(reply?.id);
    if (!promise) return;
    waiting.delete(reply.id);
    if ("error" in reply) promise.reject(new Error(reply.error));
    else promise.resolve(reply.result);
  });
  life.onEnd(() => waiting.clear());
  return (name, parameters = {}) =>
    new Promise((resolve, reject) => {
      const id = `${view}-${(count += 1)}`;
      waiting.set(id, { resolve, reject });
      try {
        model.send({ ask: name, id, parameters });
      } catch {
        waiting.delete(id);
        reject(new Error(GONE));
      }
    });
}

/**
 * Learn whether Python can still be reached: when the host says that something has changed, from time to time, and when
 * the returned function is called. `tell` gets each answer, true where nobody is there.
 */
export function listener(model, life, ask, tell) {
  const listen = async () => {
    try {
      await ask("listening");
      tell(false);
    } catch (error) {
      tell(error.message === GONE);
    }
  };
  const changed = () => {
    void listen();
    // A kernel that is about to go may still take the first question, and leave it unanswered.
    life.after(1000, listen);
  };
  life.on(model, "comm_live_update", changed); // a restart
  life.listen(document, "tasknb-kernel", changed); // an end, as tasknb's extension of JupyterLab tells it
  life.every(60_000, listen);
  return listen;
}

const KEEPING_PAUSE = 2000;

/**
 * What to call when the view has changed, so that the table saved beside it follows. Only where the host takes the table
 * and leaves the view alone, as JupyterLab does with tasknb's extension; elsewhere each new table would draw a new view.
 */
export function keeper(life, ask, place) {
  let busy = false;
  const keep = async () => {
    try {
      place.dispatchEvent(new CustomEvent("tasknb-keep", { bubbles: true, detail: await ask("static") }));
    } catch {
      // Without a kernel the table stays as it is.
    }
    busy = false;
  };
  return () => {
    // A view within another one has no place of its own in the notebook.
    if (busy || !place.closest("[data-tasknb-keeps]") || place.parentElement.closest(".tasknb")) return;
    busy = true;
    life.after(KEEPING_PAUSE, keep);
  };
}

const NARROW_SPACE = "\u202f";

/** 1797 as "1 797", with the thin space that `tasknb.look.count` uses too. */
export const number = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);

/** A share of a whole as "26 %"; what is not whole is never shown as 0 or 100 %. */
export function percent(part, whole = 1) {
  if (whole <= 0) return "—";
  if (part >= whole) return `100${NARROW_SPACE}%`;
  const share = Math.min(Math.floor((100 * part) / whole), 99);
  return `${share || (part > 0 ? "<1" : 0)}${NARROW_SPACE}%`;
}

/** "1 input", "1 797 inputs". */
export const counted = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
