// SPDX-License-Identifier: Apache-2.0
// Configurations with names, which pprof and plumb share: to choose, to save, to delete.

import { useEffect, useState } from "preact/hooks";
import { change, type Changes, dataQuery, FILTERS, info, MORE_FILTERS, params } from "./state";

interface Config {
  name: string;
  parameters: Record<string, string>;
}

/** Everything that a configuration decides; what it does not name is as usual. */
const DECIDED = [
  ...[...FILTERS, ...MORE_FILTERS].map((one) => one.param),
  "mean", "unit", "sort", "n", "nf", "ef", "trim", "dropneg", "g", "noinlines", "showcolumns",
  "calltree", "compact", "rel", "intel",
];

function isCurrent(config: Config): boolean {
  return DECIDED.every((name) => {
    return (params.value.get(name) ?? "") === (config.parameters[name] ?? "");
  });
}

/** Asks the server to change the settings file; returns what went wrong, or "". */
async function send(method: string, path: string, query: URLSearchParams): Promise<string> {
  try {
    const response = await fetch(`/ui/${path}?${query}`, {
      method,
      headers: { "X-Plumb-Token": info.token },
    });
    return response.ok ? "" : (await response.text()).trim();
  } catch {
    return "plumb does not answer any more";
  }
}

export function ConfigPanel({ close }: { close: () => void }) {
  const [configs, setConfigs] = useState<Config[]>([]);
  const [problem, setProblem] = useState("");
  const [doomed, setDoomed] = useState("");
  const reload = async () => {
    const response = await fetch("/ui/api/configs");
    if (response.ok) setConfigs(await response.json());
    else setProblem((await response.text()).trim());
  };
  useEffect(() => void reload(), []);
  const use = (config: Config) => {
    const changes: Changes = {};
    for (const name of DECIDED) changes[name] = config.parameters[name] ?? null;
    close();
    change(changes);
  };
  const save = async (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const query = new URLSearchParams(dataQuery.value);
    query.set("config", String(new FormData(form).get("name") ?? "").trim());
    const wrong = await send("POST", "saveconfig", query);
    setProblem(wrong);
    if (wrong) return;
    form.reset();
    await reload();
  };
  const remove = async (name: string) => {
    if (doomed !== name) {
      setDoomed(name);
      return;
    }
    setDoomed("");
    setProblem(await send("DELETE", "deleteconfig", new URLSearchParams({ config: name })));
    await reload();
  };
  return (
    <div class="configs">
      <ul>
        {[{ name: "Default", parameters: {} }, ...configs].map((config, i) => (
          <li key={i === 0 ? "" : `config ${config.name}`}>
            <button type="button" class="link" onClick={() => use(config)}
              aria-current={isCurrent(config) ? "true" : undefined}>
              <span class="check" aria-hidden="true">{isCurrent(config) ? "\u2713" : ""}</span>
              {config.name}
            </button>
            {i > 0 && (
              <button type="button" onClick={() => void remove(config.name)}>
                {doomed === config.name ? `Really delete ${config.name}?` : "Delete"}
              </button>
            )}
          </li>
        ))}
      </ul>
      <form onSubmit={(event) => void save(event)}>
        <label>
          <span>Save as</span>
          <input name="name" required placeholder="A name for what is set now" />
        </label>
        <button type="submit" class="primary">Save</button>
      </form>
      {problem && <p class="problem" role="alert">{problem}</p>}
    </div>
  );
}
