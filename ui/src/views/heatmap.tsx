// SPDX-License-Identifier: Apache-2.0
// How long the goroutines of each group wait: a table whose cells are darker where there are more.

import { urlOf } from "../state";
import { countText, plural } from "../units";
import { ageTitles, isSuspect, type LeakGroup, type LeaksData, nameOf, olderIdsText }
  from "./leaks_data";

const MOST_GROUPS = 20;
const FEW = 5;

/** What the ages of a group say, in words. */
function readingOf(group: LeakGroup): string {
  const used = group.ages.filter((count) => count > 0);
  const sum = used.reduce((total, count) => total + count, 0);
  if (sum < FEW) return "few";
  if (used.length === 1) return "all of one age: one event, or all young";
  if (used.length === 2) return "two ages";
  return isSuspect(group) ? "of many ages: they keep coming and stay" : "of many ages";
}

/** From 0 to 1, so that one and a thousand can both be told. */
function strengthOf(count: number, most: number): number {
  return count === 0 ? 0 : 0.15 + 0.85 * (Math.log1p(count) / Math.log1p(most));
}

export function AgeHeatmap({ groups, data }: { groups: LeakGroup[]; data: LeaksData }) {
  const rows = groups.filter((group) => group.ages.some((count) => count > 0));
  if (!data.has_waits || rows.length === 0) return null;
  const shown = rows.slice(0, MOST_GROUPS);
  const titles = ageTitles(data.age_bounds);
  const olderIds = olderIdsText(data);
  const most = Math.max(...shown.flatMap((group) => group.ages));
  return (
    <section class="below">
      <h2 class="section">How long they wait</h2>
      {olderIds && <p class="note">{olderIds}</p>}
      <div class="rows" role="region" tabIndex={0} aria-label="Goroutines by how long they wait">
        <table class="groups heatmap">
          <thead>
            <tr>
              <th class="left" scope="col">Blocked at</th>
              {titles.map((title) => <th key={title} scope="col">{title}</th>)}
              <th class="left" scope="col">Reads as</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((group) => (
              <tr key={group.key}>
                <th class="left" scope="row">
                  <a href={urlOf("leaks", { group: group.key })} data-link>{nameOf(group)}</a>
                </th>
                {group.ages.map((count, i) => {
                  const strength = strengthOf(count, most);
                  const heat = strength === 0 ? 0 : Math.max(1, Math.ceil(strength * 5));
                  return (
                    <td key={i} class={`heat${heat}`}>
                      {count > 0 ? countText(count) : ""}
                    </td>
                  );
                })}
                <td class="left">{readingOf(group)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.length && (
        <p class="note">
          and {plural(rows.length - shown.length, "more group")}, in the table above
        </p>
      )}
    </section>
  );
}
