// An extension of JupyterLab and Notebook 7: a tasknb widget whose model is gone shows the table saved beside it, and while
// it lives, keeps that table like itself. It also tells the widgets when their kernel may have gone.
//
// A trusted notebook prefers the live widget to its table, and says "model not found" when it is opened with a new
// kernel. An output that changes is drawn anew, also where only the table in it has changed. This file is what a bundler would make of the extension: it imports nothing, so none is needed.

(() => {
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const TABLE = "text/html";
  const OURS = /^Task(?:Form|Progress|Board)\(/;

  const text = (value = "") => [].concat(value).join("");
  const undated = (html) => html.replace(/as of [^<]*/g, "");

  /** Let a renderer of widgets fall back on the table of the same output, and take new tables without drawing anew. */
  function withTable(renderer, makeRenderer) {
    const { node } = renderer;
    const renderModel = renderer.renderModel.bind(renderer);
    let output = null;
    let shown = null;

    async function showTable() {
      const table = makeRenderer(TABLE);
      await table.renderModel(output);
      node.replaceChildren(table.node);
    }

    renderer.renderModel = async (model) => {
      output = model;
      const id = OURS.test(text(model.data["text/plain"])) ? model.data[VIEW].model_id : null;
      if (id && id === shown) return;
      await renderModel(model);
      const isMissing = node.textContent.endsWith("model not found");
      shown = isMissing ? null : id;
      if (id !== null && isMissing && TABLE in model.data) await showTable();
    };

    node.dataset.tasknbKeeps = "";
    node.addEventListener("tasknb-keep", ({ detail }) => {
      const { data } = output;
      if (shown && undated(text(data[TABLE])) !== undated(detail)) output.setData({ data: { ...data, [TABLE]: detail } });
    });
    return renderer;
  }

  const plugin = {
    id: "tasknb:tables",
    autoStart: true,
    activate: (app) => {
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew: ({ content: { rendermime }, sessionContext }) => {
          const tell = () => document.dispatchEvent(new Event("tasknb-kernel"));
          sessionContext.kernelChanged.connect(tell);
          sessionContext.statusChanged.connect((_, status) => status === "dead" && tell());
          const makeRenderer = rendermime.createRenderer.bind(rendermime);
          rendermime.createRenderer = (type) => (type === VIEW ? withTable(makeRenderer(type), makeRenderer) : makeRenderer(type));
        },
      });
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB.tasknb = { init: () => {}, get: async () => () => ({ __esModule: true, default: plugin }) };
})();
