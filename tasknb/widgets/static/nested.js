// One widget's view inside another's, where the host can do that.
import { h } from "./shared.js";

const TRIES = 40;

/** The view of the widget `id`, to be ended by its `end()`; the sentence `instead` where the host cannot nest views. */
export async function nested(model, life, id, instead) {
  const manager = model.widget_manager;
  if (!manager?.create_view) return h("p", { class: "tn-muted" }, instead);
  const child = await modelOf(manager, life, id);
  const view = await manager.create_view(child, {});
  const element = h("div", { class: "tn-nested" }, view.el);
  element.end = () => view.remove();
  return element;
}

/** The child's model; it comes by a message of its own, maybe a moment later than its id. */
async function modelOf(manager, life, id) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await manager.get_model(id);
    } catch (error) {
      if (tries === TRIES) throw error;
      await new Promise((resolve) => life.after(50, resolve));
    }
  }
}
