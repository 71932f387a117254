// SPDX-License-Identifier: Apache-2.0
// One group of goroutines: why it is suspected, how to fix it, and everybody in it.

import { CopyButton } from "../copy";
import { change, exactly, go, urlOf } from "../state";
import { countText, plural } from "../units";
import { Areas } from "./chart";
import { type DiffLine, fixAsDiff, roomAsDiff } from "./fix_diff";
import { Goroutines } from "./goroutines";
import {
  type CodeFrame,
  type Evidence,
  functionOf,
  type GroupDetail,
  type GroupPage,
  type LeakGroup,
  type LeaksData,
  minutesText,
  nameOf,
  olderIdsText,
  placeOf,
  rateText,
  secondsText,
  snapshotNames,
} from "./leaks_data";

function EvidenceList({ title, list }: { title: string; list: Evidence[] }) {
  if (list.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {list.map((one) => (
          <li key={one.id}>
            {one.text} <small>{one.id}, from {one.source}</small>
          </li>
        ))}
      </ul>
    </>
  );
}

function Stack({ group, detail }: { group: LeakGroup; detail: GroupDetail }) {
  const isBlocked = (frame: CodeFrame) => {
    return frame.function === group.blocked?.function && frame.line === group.blocked?.line;
  };
  const text = detail.frames
    .map((frame) => `${functionOf(frame)}\n\t${frame.file ?? ""}:${frame.line ?? 0}`)
    .join("\n");
  return (
    <section class="card">
      <h2>Stack <CopyButton text={text} title="Copy" /></h2>
      <ol class="stack">
        {detail.frames.map((frame, i) => (
          <li key={i} class={`${frame.owner ?? ""} ${isBlocked(frame) ? "blocked" : ""}`}>
            <code>{functionOf(frame)}</code> <span class="place">{placeOf(frame)}</span>
          </li>
        ))}
        {detail.created_by && (
          <li class="creator">
            created by <code>{functionOf(detail.created_by)}</code>{" "}
            <span class="place">{placeOf(detail.created_by)}</span>
            {detail.created_by.goroutine ? ` in goroutine ${detail.created_by.goroutine}` : ""}
          </li>
        )}
      </ol>
      <p>
        <button
          type="button"
          onClick={() => go("flamegraph", {
            group: null,
            p: exactly([functionOf(group.blocked)]),
          })}
        >
          In the flame graph
        </button>
      </p>
    </section>
  );
}

/** What else the same function started, this group among it. */
function Creator({ group, data }: { group: LeakGroup; data: LeaksData }) {
  const creator = group.created_by;
  if (!creator) return null;
  const placed = (frame: CodeFrame | null) => `${functionOf(frame)} ${placeOf(frame)}`;
  const started = data.report.groups.filter((one) => {
    return one.created_by !== null && functionOf(one.created_by) === functionOf(creator);
  });
  const places = new Map<string, LeakGroup[]>();
  for (const one of started) {
    const place = placed(one.created_by);
    places.set(place, [...(places.get(place) ?? []), one]);
  }
  const sum = (list: LeakGroup[]) => {
    return countText(list.reduce((total, one) => total + one.count, 0));
  };
  return (
    <section class="card">
      <h2>Created by <small>{functionOf(creator)}, {sum(started)} in all</small></h2>
      <ul class="tree">
        {[...places].map(([place, list]) => (
          <li key={place}>
            <code>{place}</code> {sum(list)}
            <ul>
              {list.map((one) => (
                <li key={one.key}>
                  {one.key === group.key ? <strong>{nameOf(one)}</strong>
                    : <a href={urlOf("leaks", { group: one.key })} data-link>{nameOf(one)}</a>}
                  {` ${countText(one.count)} in ${one.state}`}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Source({ group, page }: { group: LeakGroup; page: GroupPage }) {
  const { source } = page;
  return (
    <section class="card">
      <h2>Source <small>{placeOf(group.blocked)}</small></h2>
      {source ? (
        <div class="rows" role="region" tabIndex={0} aria-label="Source">
          {source.lines.map((line, i) => {
            const number = source.first + i;
            const isBlocked = number === group.blocked?.line;
            return (
              <div key={number} class={isBlocked ? "code mark" : "code"}>
                <span class="left-column">{number}</span>
                <span>{line.replace(/\t/g, "    ") || " "}</span>
                {isBlocked && (
                  <span class="place">
                    {group.count} {group.count === 1 ? "waits" : "wait"} here
                  </span>
                )}
              </div>
            );
          })}
        </div>
      ) : (
        <p class="note">
          The file is not at hand. Start plumb in the directory of the sources to see it here.
        </p>
      )}
    </section>
  );
}

function Diff({ place, diff }: { place: string; diff: DiffLine[] }) {
  const text = diff.map(({ sign, text: code }) => sign + code).join("\n");
  return (
    <>
      <h3>{place} <CopyButton text={text} title="Copy the diff" /></h3>
      <div class="rows" role="region" tabIndex={0} aria-label={`The fix as a diff of ${place}`}>
        {diff.map(({ sign, text: code }, i) => (
          <div key={i} class={`code ${sign === "+" ? "added" : "removed"}`}>
            {sign} {code.replace(/\t/g, "    ")}
          </div>
        ))}
      </div>
    </>
  );
}

/** The fix as a change of a line, where the source is at hand. */
function FixDiff({ group, page }: { group: LeakGroup; page: GroupPage }) {
  const { source } = page;
  if (!source) return null;
  const { fix } = page.detail;
  const room = roomAsDiff(fix, source);
  const line = source.lines[(group.blocked?.line ?? 0) - source.first];
  const waits = line ? fixAsDiff(line, group.state, fix) : [];
  return (
    <>
      {room && <Diff {...room} />}
      {room && waits.length > 0 && <p>or</p>}
      {waits.length > 0 && <Diff place={placeOf(group.blocked)} diff={waits} />}
    </>
  );
}

function Ages({ page, data }: { page: GroupPage; data: LeaksData }) {
  const olderIds = olderIdsText(data);
  const most = Math.max(...page.ages.map((row) => row.count), 1);
  const last = page.ages.reduce((at, row, i) => (row.count > 0 ? i : at), 0);
  let from = 0;
  return (
    <section class="card">
      <h2>Waiting for</h2>
      {olderIds && <p class="note">{olderIds}</p>}
      <table class="ages">
        <tbody>
          {page.ages.slice(0, last + 1).map((row) => {
            const title = row.below === null ? `${minutesText(from)} and more`
              : from === 0 ? "under a minute" : `${minutesText(from)} to ${minutesText(row.below)}`;
            from = row.below ?? from;
            return (
              <tr key={title}>
                <th scope="row" class="left">{title}</th>
                <td>{row.count}</td>
                <td class="left">
                  <span class="bar" style={{ width: `${(row.count / most) * 120}px` }} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** Other groups of the same leaked object. */
function Family({ group, data }: { group: LeakGroup; data: LeaksData }) {
  const others = data.report.groups.filter((one) => {
    return group.family !== null && one.family === group.family && one.key !== group.key;
  });
  if (others.length === 0) return null;
  return (
    <section class="card">
      <h2>Leaks together with</h2>
      <p class="note">
        Goroutines of one object: {group.leads_family ? "this group is" : "one of them is"} where
        the fix belongs.
      </p>
      <ul>
        {others.map((one) => (
          <li key={one.key}>
            <a href={urlOf("leaks", { group: one.key })} data-link>{nameOf(one)}</a>{" "}
            {countText(one.count)} in {one.state}
            {one.leads_family && <small> leads them</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Why it is suspected, and what to do. */
function Findings({ group, page }: { group: LeakGroup; page: GroupPage }) {
  const { detail } = page;
  return (
    <section class="card wide">
      {detail.cause && <><h2>Why</h2><p>{detail.cause}</p></>}
      {detail.fix && (
        <><h2>Fix <CopyButton text={detail.fix} title="Copy" /></h2><p>{detail.fix}</p></>
      )}
      <FixDiff group={group} page={page} />
      <EvidenceList title="What speaks for a leak" list={detail.evidence} />
      <EvidenceList title="What speaks against it" list={detail.against} />
      {detail.next && <><h3>To be surer</h3><p>{detail.next}</p></>}
      {(group.rate || group.since) && (
        <p class="note">
          {group.rate && `${rateText(group.rate)}, by ${group.rate.method}. `}
          {group.since && `Since ${group.since.is_at_least ? "at least " : ""}${
            secondsText(group.since.seconds_ago)}, by ${group.since.method}.`}
        </p>
      )}
    </section>
  );
}

function Labels({ detail }: { detail: GroupDetail }) {
  if (detail.labels.length === 0) return null;
  return (
    <section class="card">
      <h2>Labels</h2>
      <ul>
        {detail.labels.map((label) => (
          <li key={`${label.key}:${label.value}`}>
            <code>{label.key}={label.value}</code> {label.count}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function LeakGroupPage({ group, data }: { group: LeakGroup; data: LeaksData }) {
  // Null while it is on its way; what the list knows is shown at once.
  const page = data.group?.key === group.key ? data.group : (data.pages[group.key] ?? null);
  return (
    <div class="leaks">
      <p>
        <button type="button" onClick={() => change({ group: null })}>All groups</button>
      </p>
      <section class={`verdict ${group.level}`} aria-label="Verdict">
        <p class="verdict-line">
          <span class={`level ${group.level}`}>{group.level}</span>{" "}
          {group.known && <span class="level known">known, in the baseline</span>}{" "}
          <strong>
            {plural(group.count, "goroutine")} in {group.state}
          </strong>{" "}
          at {functionOf(group.blocked)} {placeOf(group.blocked)}
        </p>
        <p>{group.reason}</p>
      </section>
      <div class="cards">
        {page && <Findings group={group} page={page} />}
        <Family group={group} data={data} />
        {page && <Stack group={group} detail={page.detail} />}
        {page && <Source group={group} page={page} />}
        <Creator group={group} data={data} />
        {page && data.has_waits && <Ages page={page} data={data} />}
        {page && <Labels detail={page.detail} />}
      </div>
      {data.series.length > 1 && (
        <Areas
          series={[{ name: "this group", counts: group.counts }]}
          at={data.series.map((one) => one.seconds)}
          labels={snapshotNames(data)}
          title="Goroutines of this group"
        />
      )}
      {page && <Goroutines page={page} group={group} data={data} />}
    </div>
  );
}
