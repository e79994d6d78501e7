// The rows that the browser has of a long list, and which it must ask for. One query at a time; pages come by message.
const PAGE = 100;

/**
 * `get(index)` gives a row or null; `want(from, to)` sees to it that they come, then calls `arrived()`;
 * `choose(apply, told)` shows a selection at once, and keeps showing it until Python has `told` what came of it.
 */
export function rowStore(ask, arrived, failed) {
  let query = {};
  let epoch = 0;
  let pages = new Map();
  let stale = new Map();
  const bars = new Map();
  const choices = new Set();
  const store = {
    matched: null,
    bars,
    get choosing() {
      return choices.size > 0;
    },
    get(index) {
      const number = Math.floor(index / PAGE);
      // A page that is on its way has no rows yet; until then the old ones are what the reader acts on.
      const rows = pages.get(number)?.rows ?? stale.get(number)?.rows;
      return rows?.[index % PAGE] ?? null;
    },
    want(from, to) {
      for (let page = Math.floor(from / PAGE); page <= Math.floor(Math.max(from, to - 1) / PAGE); page += 1) {
        if (!pages.has(page)) void fetchPage(page, epoch);
      }
    },
    /** What is there is old: it is shown until the new rows come. */
    renew(next = query, { keep = true } = {}) {
      query = next;
      epoch += 1;
      stale = keep ? new Map([...stale, ...[...pages].filter(([, page]) => page.rows)]) : new Map();
      pages = new Map();
    },
    async choose(apply, told) {
      // Rows that were on their way when the reader chose do not know of it yet.
      choices.add(apply);
      for (const page of [...stale.values(), ...pages.values()]) page.rows?.forEach(apply);
      await told;
      choices.delete(apply);
    },
  };

  async function fetchPage(number, asked) {
    pages.set(number, {});
    try {
      const answer = await ask("rows", { query, start: number * PAGE, count: PAGE });
      if (asked !== epoch) return;
      const rows = answer.rows.map(asRow);
      for (const apply of choices) rows.forEach(apply);
      pages.set(number, { rows });
      stale.delete(number);
      for (const [id, counts] of Object.entries(answer.bars)) bars.set(id, counts);
      store.matched = answer.matched;
      arrived();
    } catch (error) {
      if (asked !== epoch) return;
      pages.delete(number);
      failed(error);
    }
  }
  return store;
}

function asRow([id, name, type, status, strategy, review, workers, people, created, selected]) {
  return { id, name, type, status, strategy, review, workers, people, created, selected };
}
