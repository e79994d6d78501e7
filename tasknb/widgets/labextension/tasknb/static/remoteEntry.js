// An extension of JupyterLab and Notebook 7: a tasknb widget whose model is gone shows the table saved beside it.
//
// A trusted notebook prefers the live widget to its table, and says "model not found" when it is opened with a new
// kernel. This file is what a bundler would make of the extension: it imports nothing, so none is needed.

(() => {
  const VIEW = "application/vnd.jupyter.widget-view+json";
  const TABLE = "text/html";
  const OURS = /^Task(?:Form|Progress|Board)\(/;

  /** Let a renderer of widgets fall back on the table of the same output. */
  function withTable(renderer, makeRenderer) {
    const renderModel = renderer.renderModel.bind(renderer);
    renderer.renderModel = async (model) => {
      await renderModel(model);
      const isMissing = renderer.node.textContent.endsWith("model not found");
      if (!isMissing || !(TABLE in model.data) || !OURS.test([].concat(model.data["text/plain"]).join(""))) return;
      const table = makeRenderer(TABLE);
      await table.renderModel(model);
      renderer.node.replaceChildren(table.node);
    };
    return renderer;
  }

  const plugin = {
    id: "tasknb:tables",
    autoStart: true,
    activate: (app) => {
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew: ({ content: { rendermime } }) => {
          const makeRenderer = rendermime.createRenderer.bind(rendermime);
          rendermime.createRenderer = (type) => (type === VIEW ? withTable(makeRenderer(type), makeRenderer) : makeRenderer(type));
        },
      });
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB.tasknb = { init: () => {}, get: async () => () => ({ __esModule: true, default: plugin }) };
})();
