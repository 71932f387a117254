// SPDX-License-Identifier: Apache-2.0
// Counts over snapshots: small lines in tables, and a chart of stacked areas with its table.

import { useState } from "preact/hooks";
import { countText } from "../units";

/** A line as small as a word. */
export function Sparkline({ counts }: { counts: number[] }) {
  if (counts.length < 2) return null;
  const most = Math.max(...counts, 1);
  const width = 70;
  const height = 16;
  const points = counts.map((count, i) => {
    const x = (i / (counts.length - 1)) * (width - 2) + 1;
    return `${x.toFixed(1)},${(height - 1 - (count / most) * (height - 3)).toFixed(1)}`;
  });
  return (
    <svg class="spark" width={width} height={height} role="img"
      aria-label={`${counts[0]} to ${counts[counts.length - 1]}`}>
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" stroke-width="1.5" />
    </svg>
  );
}

export interface Series {
  name: string;
  counts: number[];
}

/** Areas on each other, over snapshots at `at` (any unit). A click chooses the nearest snapshot. */
export function Areas({ series, at, labels, title, marked, choose }: {
  series: Series[];
  at: number[];
  labels: string[];
  title: string;
  marked?: number;
  choose?: (at: number) => void;
}) {
  const [asTable, setAsTable] = useState(false);
  const width = 1000;
  const height = 160;
  const totals = at.map((_, i) => series.reduce((sum, one) => sum + one.counts[i], 0));
  const most = Math.max(...totals, 1);
  const span = at[at.length - 1] - at[0] || 1;
  const x = (i: number) => ((at[i] - at[0]) / span) * width;
  const y = (value: number) => height - (value / most) * (height - 12);
  const below = at.map(() => 0);
  const areas = series.map((one) => {
    const bottom = below.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).reverse();
    one.counts.forEach((count, i) => {
      below[i] += count;
    });
    const top = below.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
    return [...top, ...bottom].join(" ");
  });
  return (
    <figure class="chart">
      <figcaption>
        {title}: {countText(totals[0])} to{" "}
        {countText(totals[totals.length - 1])}
        <button type="button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          Table
        </button>
      </figcaption>
      {asTable ? (
        <div class="rows" tabIndex={0} role="region" aria-label={title}>
          <table>
            <thead>
              <tr>
                <th class="left">Group</th>
                {labels.map((label) => <th key={label}>{label}</th>)}
              </tr>
            </thead>
            <tbody>
              {series.map((one) => (
                <tr key={one.name}>
                  <td class="left">{one.name}</td>
                  {one.counts.map((count, i) => <td key={i}>{count}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          class={choose ? "choosing" : ""}
          onClick={(event) => {
            const bounds = event.currentTarget.getBoundingClientRect();
            const clicked = ((event.clientX - bounds.left) / bounds.width) * width;
            const distance = (i: number) => Math.abs(x(i) - clicked);
            choose?.(at.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), 0));
          }}
        >
          {areas.map((points, i) => (
            <polygon key={series[i].name} points={points} class={`area area${i % 7}`}>
              <title>{series[i].name}</title>
            </polygon>
          ))}
          {marked !== undefined && marked < at.length - 1 && (
            <line class="marker" x1={x(marked)} x2={x(marked)} y1={0} y2={height} />
          )}
        </svg>
      )}
      <div class="chart-feet" aria-hidden="true">
        <span>{labels[0]}</span>
        <span>{labels[labels.length - 1]}</span>
      </div>
      <ul class="chart-keys">
        {series.map((one, i) => (
          <li key={one.name}>
            <span class={`swatch area${i % 7}`} aria-hidden="true" />
            {one.name}
          </li>
        ))}
      </ul>
    </figure>
  );
}
