// SPDX-License-Identifier: Apache-2.0
// Between two snapshots: which goroutines are new, stayed, are elsewhere or gone, by their ids.

import { useEffect, useState } from "preact/hooks";
import { ask } from "../api";
import { change, isFile, params, searchRegexp, urlOf } from "../state";
import { countText, plural } from "../units";
import { type LeaksData, minutesText, shortSnapshotNames } from "./leaks_data";

type Who = "new" | "stayed" | "moved" | "gone";

interface Named {
  name: string;
  state: string;
}

interface GroupMoves extends Named, Record<Who, number> {
  key: string;
  /** The index in the groups of the page of leaks. */
  shown: number | null;
  before: number;
  after: number;
}

interface MovedRow {
  id: number;
  process: number;
  /** In names. */
  group: number;
  from_group?: number;
  since: number;
  until: number | null;
  minutes: number | null;
}

interface Moves extends Record<Who, number> {
  from: number;
  to: number;
  has_ids: boolean;
  problem: string;
  /** Not every place was kept. */
  lacks: boolean;
  before: number;
  after: number;
  groups: GroupMoves[];
  more_groups: number;
  who: Who;
  of: string;
  offset: number;
  count: number;
  rows: MovedRow[];
  names: Named[];
  command: string;
}

const KINDS: { who: Who; sign: string; title: string; help: string }[] = [
  { who: "new", sign: "+", title: "new", help: "Not there in the first of the two" },
  { who: "stayed", sign: "=", title: "stayed", help: "At the same place in both" },
  { who: "moved", sign: "~", title: "elsewhere", help: "In both, but at another place before" },
  { who: "gone", sign: "\u2212", title: "gone", help: "Not there any more in the second" },
];

const ASKED = ["from", "to", "who", "of", "offset"] as const;
const MOST_GROUPS = 100;
const PAGE = 100;

/** Where the page of the difference is. */
export function movesUrl(): string {
  return urlOf("leaks", { moves: "1", at: null });
}

function useMoves(data: LeaksData): { moves: Moves | null; problem: string } {
  const [state, setState] = useState<{ moves: Moves | null; problem: string }>({
    moves: null,
    problem: "",
  });
  const asked = new URLSearchParams();
  for (const name of ["profile", ...ASKED]) {
    const value = params.value.get(name);
    if (value) asked.set(name, value);
  }
  const query = asked.toString();
  useEffect(() => {
    let isOld = false;
    ask("moves", query).then(
      (answer) => {
        if (isOld) return;
        setState({ moves: answer.document as unknown as Moves, problem: "" });
      },
      (error: Error) => {
        if (!isOld) setState({ moves: null, problem: error.message });
      },
    );
    return () => {
      isOld = true;
    };
  }, [query, data]);
  return state;
}

function SnapshotSelect({ name, value, data, isOff }: {
  name: "from" | "to";
  value: number;
  data: LeaksData;
  /** Whether a snapshot cannot be chosen beside the other one. */
  isOff: (at: number) => boolean;
}) {
  const names = shortSnapshotNames(data);
  return (
    <label class="choice">
      {name === "from" ? "From" : "to"}
      <select value={String(value + 1)} disabled={isFile}
        onChange={(event) => change({ [name]: event.currentTarget.value, offset: null })}>
        {data.series.map((one, i) => (
          <option key={i} value={String(i + 1)} disabled={isOff(i)}>
            {i + 1}: {names[i]}{one.has_ids ? "" : " (no ids)"}
          </option>
        ))}
      </select>
    </label>
  );
}

function Kinds({ moves }: { moves: Moves }) {
  return (
    <div class="tools" role="toolbar" aria-label="Goroutines">
      {KINDS.map(({ who, sign, title, help }) => (
        <button key={who} type="button" title={help}
          aria-pressed={moves.who === who && moves.of === ""}
          disabled={isFile && moves.who !== who}
          onClick={() => change({ who, of: null, offset: null })}>
          {sign} {countText(moves[who])} {title}
        </button>
      ))}
    </div>
  );
}

/** A number that leads to the goroutines it counts. */
function Count({ group, who, moves }: { group: GroupMoves; who: Who; moves: Moves }) {
  const value = group[who];
  if (!moves.has_ids || value === 0) return <td>{moves.has_ids ? "" : "?"}</td>;
  if (isFile) return <td>{countText(value)}</td>;
  return (
    <td>
      <button type="button" class="link" aria-pressed={moves.who === who && moves.of === group.key}
        aria-label={`${value} ${who} in ${group.name}`}
        onClick={() => change({ who, of: group.key, offset: null })}>
        {countText(value)}
      </button>
    </td>
  );
}

function GroupRows({ moves, data }: { moves: Moves; data: LeaksData }) {
  const regexp = searchRegexp.value;
  const kept = moves.groups.filter((one) => {
    return !regexp || regexp.test(one.name) || regexp.test(one.state);
  });
  const more = kept.length - MOST_GROUPS + (regexp ? 0 : moves.more_groups);
  return (
    <>
      <div class="rows" role="region" tabIndex={0} aria-label="Groups of goroutines">
        <table class="groups">
          <thead>
            <tr>
              <th class="left">Blocked at</th>
              <th class="left">State</th>
              <th>Before</th>
              <th>After</th>
              {KINDS.map(({ who, title, help }) => <th key={who} title={help}>{title}</th>)}
            </tr>
          </thead>
          <tbody>
            {kept.slice(0, MOST_GROUPS).map((group) => {
              const page = group.shown === null ? undefined : data.report.groups[group.shown];
              return (
                <tr key={group.key}>
                  <td class="left">
                    {page ? (
                      <a href={urlOf("leaks", { group: page.key, moves: null })} data-link>
                        {group.name}
                      </a>
                    ) : group.name}
                  </td>
                  <td class="left">{group.state}</td>
                  <td>{countText(group.before)}</td>
                  <td>{countText(group.after)}</td>
                  {KINDS.map(({ who }) => (
                    <Count key={who} group={group} who={who} moves={moves} />
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {more > 0 && <p class="note">and {plural(more, "smaller group")}</p>}
    </>
  );
}

function Pager({ moves }: { moves: Moves }) {
  const { offset, count, rows } = moves;
  if (count <= rows.length) return null;
  const go = (to: number) => change({ offset: to > 0 ? String(to) : null });
  return (
    <p class="tools">
      <button type="button" disabled={offset === 0} onClick={() => go(Math.max(0, offset - PAGE))}>
        Before
      </button>
      <button type="button" disabled={isFile || offset + rows.length >= count}
        onClick={() => go(offset + PAGE)}>
        Next
      </button>
      <span class="note">
        {rows.length === 0 ? "none" : `${countText(offset + 1)} to ${
          countText(offset + rows.length)}`} of {countText(count)}
      </span>
    </p>
  );
}

function Ids({ moves, data }: { moves: Moves; data: LeaksData }) {
  const { who, rows, names } = moves;
  const titles = shortSnapshotNames(data);
  const kind = KINDS.find((one) => one.who === who)!;
  const of = moves.groups.find((one) => one.key === moves.of);
  const hasProcesses = rows.some((row) => row.process > 0);
  return (
    <section class="card wide" aria-label="Goroutines by id">
      <h2>
        {countText(moves.count)} {kind.title}{of && `: ${of.name}`}
      </h2>
      {rows.length > 0 && (
        <div class="rows tall" role="region" tabIndex={0} aria-label="Goroutines">
          <table class="groups moved">
            <thead>
              <tr>
                <th>Goroutine</th>
                {hasProcesses && <th>Of process</th>}
                <th class="left">State</th>
                <th class="left">{who === "gone" ? "Was at" : "At"}</th>
                {who === "moved" && <th class="left">Was at</th>}
                <th class="left">There since</th>
                {who === "gone" ? <th class="left">Missing in</th> : <th>Waits</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.process}.${row.id}`}>
                  <td>{row.id}</td>
                  {hasProcesses && <td>{row.process + 1}</td>}
                  <td class="left">{names[row.group].state}</td>
                  <td class="left">{names[row.group].name}</td>
                  {who === "moved" && (
                    <td class="left">
                      {row.from_group !== undefined &&
                        `${names[row.from_group].state}, ${names[row.from_group].name}`}
                    </td>
                  )}
                  <td class="left">{titles[row.since]}</td>
                  {who === "gone" ? (
                    <td class="left">{row.until === null ? "" : titles[row.until]}</td>
                  ) : (
                    <td>
                      {row.minutes === null || !data.has_waits ? "" : minutesText(row.minutes)}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager moves={moves} />
      {isFile && (
        <p class="note">
          This file has no other ids; plumb itself, with the snapshots, lists them.
        </p>
      )}
    </section>
  );
}

export function MovesPage({ data }: { data: LeaksData }) {
  const { moves, problem } = useMoves(data);
  const leave = () => {
    const changes: Record<string, null> = { moves: null };
    for (const name of ASKED) changes[name] = null;
    change(changes);
  };
  return (
    <div class="leaks">
      <p><button type="button" onClick={leave}>All groups</button></p>
      {problem && <p class="problem" role="alert">{problem}</p>}
      {!moves && !problem && <p class="empty">Loading</p>}
      {moves && (
        <>
          <div class="tools" role="group" aria-label="Snapshots">
            <SnapshotSelect name="from" value={moves.from} data={data}
              isOff={(at) => at >= moves.to} />
            <SnapshotSelect name="to" value={moves.to} data={data}
              isOff={(at) => at <= moves.from} />
            <span class="note">
              {countText(moves.before)} to {plural(moves.after, "goroutine")}
            </span>
          </div>
          {moves.has_ids ? <Kinds moves={moves} /> : (
            <p class="notices" role="status">
              Counts only: {moves.problem}.
            </p>
          )}
          {moves.lacks && (
            <p class="note">
              Too many goroutines moved and ended: not all of those are in these numbers.
            </p>
          )}
          <GroupRows moves={moves} data={data} />
          {moves.has_ids && <Ids moves={moves} data={data} />}
          <p class="note">The same in a terminal: <code>$ {moves.command}</code></p>
        </>
      )}
    </div>
  );
}
