// SPDX-License-Identifier: Apache-2.0
// The goroutines of a group by id, and of each of them where it was in the snapshots before.

import { useState } from "preact/hooks";
import {
  type GoroutineRow,
  type GroupPage,
  type LeakGroup,
  type LeaksData,
  minutesText,
  nameOf,
  olderIdsText,
  snapshotNames,
} from "./leaks_data";

/** Snapshots in a row in which a goroutine was at one place. */
interface Stay {
  first: number;
  last: number;
  state: string;
  place: string;
}

function staysOf(row: GoroutineRow, group: LeakGroup, data: LeaksData): Stay[] {
  const here = { since: row.since, state: group.state, place: nameOf(group) };
  const all = [...(row.earlier ?? []), here];
  return all.map((one, i) => ({
    first: one.since,
    last: i + 1 < all.length ? all[i + 1].since - 1 : (data.id_snapshot ?? 0),
    state: one.state,
    place: one.place,
  }));
}

const LANE_WIDTH = 120;

/** A lane through all snapshots: where it was at other places it is lighter. */
function Lane({ stays, count }: { stays: Stay[]; count: number }) {
  const x = (at: number) => (at / count) * LANE_WIDTH;
  return (
    <svg class="lane" width={LANE_WIDTH} height={10} aria-hidden="true">
      <rect x={0} y={4} width={LANE_WIDTH} height={2} class="lane-none" />
      {stays.map((stay, i) => (
        <rect key={stay.first} x={x(stay.first)} y={0} height={10}
          width={Math.max(x(stay.last + 1) - x(stay.first) - 1, 1)}
          class={i === stays.length - 1 ? "area1" : i % 2 === 0 ? "area2" : "area4"} />
      ))}
    </svg>
  );
}

function snapshotsText(stay: Stay): string {
  return stay.first === stay.last ? `Snapshot ${stay.first + 1}`
    : `Snapshots ${stay.first + 1} to ${stay.last + 1}`;
}

function History({ stays, data }: { stays: Stay[]; data: LeaksData }) {
  const { first } = stays[0];
  return (
    <ol class="history">
      {first > 0 && <li>Not there up to snapshot {first}, {snapshotNames(data)[first - 1]}</li>}
      {stays.map((stay) => (
        <li key={stay.first}>
          {snapshotsText(stay)}: {stay.state} at <code>{stay.place}</code>
        </li>
      ))}
    </ol>
  );
}

function Row({ row, group, data }: { row: GoroutineRow; group: LeakGroup; data: LeaksData }) {
  const [isOpen, setOpen] = useState(false);
  if (data.series.length < 2) {
    return (
      <tr>
        <td>{row.id}</td>
        <td>{minutesText(row.minutes)}</td>
        <td>{row.creator || ""}</td>
      </tr>
    );
  }
  const stays = staysOf(row, group, data);
  return (
    <>
      <tr data-goroutine={row.id}>
        <td>{row.id}</td>
        <td>{minutesText(row.minutes)}</td>
        <td class="left">{snapshotNames(data)[row.since]}</td>
        <td class="left">
          <button type="button" class="link" aria-expanded={isOpen}
            aria-label={`History of goroutine ${row.id}`} onClick={() => setOpen(!isOpen)}>
            <Lane stays={stays} count={data.series.length} />
          </button>
        </td>
        <td>{row.creator || ""}</td>
      </tr>
      {isOpen && <tr><td colSpan={5} class="left"><History stays={stays} data={data} /></td></tr>}
    </>
  );
}

export function Goroutines({ page, group, data }: {
  page: GroupPage;
  group: LeakGroup;
  data: LeaksData;
}) {
  if (page.goroutines.length === 0) {
    return (
      <p class="note">
        The data has no ids of goroutines. A dump has: /debug/pprof/goroutine?debug=2
      </p>
    );
  }
  const hasSeries = data.series.length > 1;
  const olderIds = olderIdsText(data);
  return (
    <section class="card">
      <h2>Goroutines</h2>
      {olderIds && <p class="note">{olderIds}</p>}
      <div class="rows tall" role="region" tabIndex={0} aria-label="Goroutines">
        <table class="groups">
          <thead>
            <tr>
              <th>Goroutine</th>
              <th>Waits</th>
              {hasSeries && <th class="left">Here since</th>}
              {hasSeries && <th class="left">History</th>}
              <th>Made by goroutine</th>
            </tr>
          </thead>
          <tbody>
            {page.goroutines.map((row) => (
              <Row key={row.id} row={row} group={group} data={data} />
            ))}
          </tbody>
        </table>
      </div>
      {page.more_goroutines > 0 && <p class="note">and {page.more_goroutines} more</p>}
      {page.lacks_earlier && (
        <p class="note">Where some goroutines were before is not kept: they moved too often.</p>
      )}
    </section>
  );
}
