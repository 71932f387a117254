// SPDX-License-Identifier: Apache-2.0
// The labels of the samples, each value with what it accounts for.

import { useEffect } from "preact/hooks";
import type { ViewDocument } from "../api";
import {
  change,
  found,
  isFile,
  isFiltered,
  params,
  quoteRegexp,
  searchRegexp,
} from "../state";

interface TagsData {
  keys: {
    key: string;
    total_text: string;
    percent: string;
    values: {
      value: string;
      /** Of numbers, as a tag filter has it; null for texts. */
      range: string | null;
      weight: number;
      weight_text: string;
      percent: string;
    }[];
  }[];
}

type TagsKey = TagsData["keys"][number];

/** The tag filter that chooses one value. A comma would divide it in two. */
function filterOf(key: TagsKey, one: TagsKey["values"][number]): string {
  return `${key.key}=${one.range ?? `^${quoteRegexp(one.value).replaceAll(",", "\\x2c")}$`}`;
}

const MOST_VALUES = 200;

export function TagsView({ document: doc }: { document: ViewDocument<TagsData> }) {
  const regexp = searchRegexp.value;
  const keys = doc.data.keys
    .map((key) => ({
      ...key,
      values: key.values.filter((one) => !regexp || regexp.test(`${key.key}: ${one.value}`)),
    }))
    .filter((key) => key.values.length > 0);
  const count = keys.reduce((sum, key) => sum + key.values.length, 0);
  useEffect(() => {
    found.value = regexp ? `${count} values` : "";
    return () => {
      found.value = "";
    };
  }, [count, regexp]);
  if (keys.length === 0) {
    return (
      <p class="empty">
        {doc.data.keys.length > 0 ? "No label matches the search."
          : isFiltered() ? "What the filters leave has no labels."
            : "These samples have no labels. In Go, pprof.Do(ctx, pprof.Labels(...), f) sets some."}
      </p>
    );
  }
  return (
    <div class="tags">
      {keys.map((key) => (
        <section key={key.key}>
          <h2>
            {key.key} <small>{key.total_text}, {key.percent} of the total</small>
            <button
              type="button"
              hidden={isFile}
              title="Values of this label as frames at the root of all stacks"
              aria-pressed={params.value.get("tagroot") === key.key}
              onClick={() => {
                change({ tagroot: params.value.get("tagroot") === key.key ? null : key.key });
              }}
            >
              As root
            </button>
          </h2>
          <table>
            <thead class="hidden">
              <tr><th>Weight</th><th>Share</th><th>Value</th></tr>
            </thead>
            <tbody>
              {key.values.slice(0, MOST_VALUES).map((one) => (
                <tr key={one.value}>
                  <td>{one.weight_text}</td>
                  <td>
                    <span class="bar" aria-hidden="true"
                      style={{ width: `${parseFloat(one.percent) * 1.2}px` }} />
                    {one.percent}
                  </td>
                  <td class="left">
                    <button
                      type="button"
                      disabled={isFile}
                      class="link"
                      title="Only samples with this value"
                      onClick={() => change({ tf: filterOf(key, one) })}
                    >
                      {one.value || "(empty)"}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {key.values.length > MOST_VALUES && (
            <p class="note">
              {key.values.length - MOST_VALUES} smaller values are not shown. All:{" "}
              <code>{doc.command}</code>
            </p>
          )}
        </section>
      ))}
    </div>
  );
}
