// SPDX-License-Identifier: Apache-2.0
// The page that answers an incident: does it leak, where, since when, how fast, what does it cost.

import { signal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { ViewDocument } from "../api";
import { change, found, info, params, searchRegexp, urlOf } from "../state";
import { countText, formatValue, plural } from "../units";
import { Areas, type Series, Sparkline } from "./chart";
import { AgeHeatmap } from "./heatmap";
import { LeakGroupPage } from "./leak_group";
import {
  functionOf,
  isSuspect,
  type LeakGroup,
  type LeaksData,
  type Level,
  minutesText,
  nameOf,
  type PackedLeaks,
  placeOf,
  rateText,
  secondsText,
  snapshotLabels,
  unpackLeaks,
} from "./leaks_data";
import { MovesPage, movesUrl } from "./moves";

const bytes = (value: number) => formatValue(value, "bytes", "minimum");

const SENTENCES: Record<Level, string> = {
  confirmed: "Leaking",
  likely: "Probably leaking",
  possible: "Maybe leaking",
  watch: "Nothing leaks for certain; some groups are worth a second look",
  benign: "No leak found",
};

function sumOf(groups: LeakGroup[], value: (group: LeakGroup) => number): number {
  return groups.reduce((sum, group) => sum + value(group), 0);
}

function Verdict({ data }: { data: LeaksData }) {
  const { verdict, total, matched, filters, suspects } = data.report;
  const isAnything = matched !== 0 || total === 0;
  return (
    <section class={`verdict ${isAnything ? verdict : "watch"}`} aria-label="Verdict">
      <p class="verdict-line">
        <strong>{isAnything ? SENTENCES[verdict] : "No goroutine matches the filters"}</strong>
        {suspects.groups > 0 && (
          <>: {countText(suspects.goroutines)} of {plural(total, "goroutine")}, in{" "}
            {suspects.groups === 1 ? "one group" : plural(suspects.groups, "group")}</>
        )}
        {suspects.groups === 0 && <> among {plural(total, "goroutine")}</>}
      </p>
      {matched !== null && (
        <p class="note">
          The filters of the command line, <code>{filters.join(" ")}</code>, keep{" "}
          {countText(matched)} of {plural(total, "goroutine")}.
        </p>
      )}
      <Badges data={data} />
    </section>
  );
}

/** What the data can tell, and how to get what it cannot. */
function Badges({ data }: { data: LeaksData }) {
  const hasIds = data.series.some((one) => one.has_ids);
  const badges = [
    {
      has: hasIds,
      yes: "ids",
      no: "no ids",
      help: "Goroutine ids tell who stayed. They are in dumps: /debug/pprof/goroutine?debug=2",
    },
    {
      has: data.has_waits,
      yes: "wait times",
      no: "no wait times",
      help: "Minutes of waiting are in dumps (debug=2), for what waits longer than a minute",
    },
    {
      has: data.series.length > 1,
      yes: `${data.series.length} snapshots`,
      no: "one snapshot",
      help: info.live ? "The next ones tell what grows: they come by themselves"
        : "Several snapshots tell what grows: plumb leaks -http=:8081 first.txt second.txt",
    },
  ];
  return (
    <ul class="badges">
      {badges.map((badge) => (
        <li key={badge.yes} class={badge.has ? "has" : ""} title={badge.help}>
          {badge.has ? badge.yes : badge.no}
          {!badge.has && <small> {badge.help}</small>}
        </li>
      ))}
    </ul>
  );
}

function Tiles({ data, worst }: { data: LeaksData; worst: LeakGroup | undefined }) {
  if (!worst) return null;
  const since = worst.since;
  const { memory_bytes_at_least: memory, oldest_minutes: oldest } = data.report.suspects;
  return (
    <dl class="tiles">
      <div>
        <dt>Where?</dt>
        <dd><a href={urlOf("leaks", { group: worst.key })} data-link>{nameOf(worst)}</a></dd>
        <dd class="sub">{worst.reason}</dd>
      </div>
      <div>
        <dt>Since when?</dt>
        <dd>{since ? `${since.is_at_least ? "at least " : ""}${secondsText(since.seconds_ago)}`
          : "not known"}</dd>
        <dd class="sub">{since ? `before the last snapshot, by ${since.method}`
          : data.series.length > 1 ? "a dump with wait times would tell"
            : "a dump with wait times, or a second snapshot, would tell"}</dd>
      </div>
      <div>
        <dt>How fast?</dt>
        <dd>{worst.rate ? rateText(worst.rate) : "not known"}</dd>
        <dd class="sub">
          {worst.rate ? `by ${worst.rate.method}` : "a second snapshot would tell"}
        </dd>
      </div>
      <div>
        <dt>What does it cost?</dt>
        <dd>at least {bytes(memory)}</dd>
        <dd class="sub">of stacks{oldest > 0 && `; the longest wait is ${minutesText(oldest)}`}</dd>
      </div>
    </dl>
  );
}

const MOST_AREAS = 6;

/** The snapshot that the table is about: the last one, unless the URL says another. */
function chosenSnapshot(data: LeaksData): number {
  const last = data.series.length - 1;
  const asked = params.value.get("at");
  const at = asked === null ? last : Number(asked) - 1;
  return Number.isInteger(at) && at >= 0 && at <= last ? at : last;
}

function choose(data: LeaksData, at: number): void {
  const isLast = at === data.series.length - 1;
  change({ at: isLast ? null : String(at + 1) }, true);
}

const STEP_MS = 700;

/** A button that shows one snapshot after the other, from the first one if it stands at the end. */
function PlayButton({ data }: { data: LeaksData }) {
  const at = chosenSnapshot(data);
  const last = data.series.length - 1;
  const [isOn, setOn] = useState(false);
  useEffect(() => {
    if (!isOn) return;
    if (at === last) {
      setOn(false);
      return;
    }
    const timer = setTimeout(() => choose(data, at + 1), STEP_MS);
    return () => clearTimeout(timer);
  }, [isOn, at, last]);
  const toggle = () => {
    if (!isOn && at === last) choose(data, 0);
    setOn(!isOn);
  };
  return (
    <button type="button" class="play" aria-pressed={isOn} onClick={toggle}
      title="Shows one snapshot after the other">
      {isOn ? "Stop" : "Play"}
    </button>
  );
}

/** Goes through the snapshots; the table below shows what there was. */
function Scrubber({ data, labels }: { data: LeaksData; labels: string[] }) {
  const at = chosenSnapshot(data);
  const last = data.series.length - 1;
  const button = (step: number, title: string, text: string) => (
    <button type="button" aria-label={title} title={title}
      disabled={at + step < 0 || at + step > last} onClick={() => choose(data, at + step)}>
      {text}
    </button>
  );
  return (
    <div class="scrubber" role="group" aria-label="Snapshot">
      <PlayButton data={data} />
      {button(-1, "The snapshot before", "\u25c2")}
      <input
        type="range"
        min={0}
        max={last}
        value={at}
        aria-label="Snapshot"
        aria-valuetext={`${at + 1} of ${last + 1}, ${labels[at]}`}
        onInput={(event) => choose(data, Number(event.currentTarget.value))}
      />
      {button(1, "The next snapshot", "\u25b8")}
      <span>
        Snapshot {at + 1} of {last + 1}{data.has_times && `, ${labels[at]}`}:{" "}
        {plural(data.series[at].total, "goroutine")}
      </span>
    </div>
  );
}

function Timeline({ data, suspects }: { data: LeaksData; suspects: LeakGroup[] }) {
  const series = useMemo(() => {
    const list: Series[] = suspects.slice(0, MOST_AREAS).map((group) => ({
      name: nameOf(group),
      counts: group.counts,
    }));
    const others = data.series.map((one, i) => {
      return one.total - list.reduce((sum, row) => sum + row.counts[i], 0);
    });
    return [{ name: "everything else", counts: others }, ...list];
  }, [data, suspects]);
  if (data.series.length < 2) return null;
  const labels = snapshotLabels(data);
  return (
    <>
      <Areas series={series} at={data.series.map((one) => one.seconds)} labels={labels}
        title="Goroutines" marked={chosenSnapshot(data)} choose={(at) => choose(data, at)} />
      <Scrubber data={data} labels={labels} />
      <p class="note">
        <a href={movesUrl()} data-link>Which goroutines came, stayed and went</a> between two
        snapshots
      </p>
    </>
  );
}

/** Groups that are one leaked object stand together, the one that leads them first. */
function byFamily(groups: LeakGroup[]): LeakGroup[] {
  const isLed = (group: LeakGroup) => group.family !== null && !group.leads_family &&
    groups.some((one) => one.family === group.family && one.leads_family);
  return groups.filter((group) => !isLed(group)).flatMap((group) => {
    if (group.family === null || !group.leads_family) return [group];
    return [group, ...groups.filter((one) => one.family === group.family && isLed(one))];
  });
}

function changeText(change: number): string {
  if (change === 0) return "=";
  return change > 0 ? `\u25b2 +${countText(change)}` : `\u25bc ${countText(change)}`;
}

function GroupRow({ group, data, at }: { group: LeakGroup; data: LeaksData; at: number }) {
  const hasSeries = data.series.length > 1;
  const isLast = at === data.series.length - 1;
  const now = hasSeries ? group.counts[at] : group.count;
  const follows = group.family !== null && !group.leads_family;
  return (
    <tr class={follows ? "follows" : ""}>
      <td class="left">
        <span class={`level ${group.known ? "known" : group.level}`}
          title={group.known ? `${group.level}, but in the baseline` : undefined}>
          {group.known ? "known" : group.level}
        </span>
      </td>
      <td title={`${((now / data.series[at].total) * 100).toFixed(1)}% of all`}>
        {countText(now)}
      </td>
      {hasSeries && <td>{changeText(now - group.counts[0])}</td>}
      <td class="left"><Sparkline counts={group.counts} /></td>
      <td class="left">{group.state}{group.state_source === "inferred" && "?"}</td>
      <td>{isLast && group.wait_minutes ? minutesText(group.wait_minutes.oldest) : ""}</td>
      <td class="left">
        {follows && <span title="Of the same leaked object as the group above">{"\u21b3 "}</span>}
        <a href={urlOf("leaks", { group: group.key })} data-link>{nameOf(group)}</a>
      </td>
      <td class="left">
        {group.created_by && `${functionOf(group.created_by)} ${placeOf(group.created_by)}`}
      </td>
      <td>{group.rate && isSuspect(group) ? rateText(group.rate) : ""}</td>
    </tr>
  );
}

function GroupTable({ groups, data }: { groups: LeakGroup[]; data: LeaksData }) {
  const at = chosenSnapshot(data);
  return (
    <div class="rows" role="region" tabIndex={0} aria-label="Groups of goroutines">
      <table class="groups">
        <thead>
          <tr>
            <th class="left">Verdict</th>
            <th>Goroutines</th>
            {data.series.length > 1 && <th>Since the first</th>}
            <th class="left">Trend</th>
            <th class="left">State</th>
            <th>Longest wait</th>
            <th class="left">Blocked at</th>
            <th class="left">Created by</th>
            <th>Rate</th>
          </tr>
        </thead>
        <tbody>
          {byFamily(groups).map((group) => (
            <GroupRow key={group.key} group={group} data={data} at={at} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function matches(group: LeakGroup, regexp: RegExp): boolean {
  return [group.state, group.level, ...group.frames, functionOf(group.created_by)]
    .some((text) => regexp.test(text));
}

function ShowButton({ isOn, set, what }: {
  isOn: boolean;
  set: (isOn: boolean) => void;
  what: string;
}) {
  return (
    <button type="button" aria-expanded={isOn} onClick={() => set(!isOn)}>
      {isOn ? "Hide" : "Show"} {what}
    </button>
  );
}

/** Browsers take their time for tables of hundreds of rows. */
const MOST_ROWS = 25;
/** Those of the first screen, which does not wait for the others. */
const FIRST_ROWS = 8;
const isPainted = signal(false);

export function LeaksView({ document: doc }: { document: ViewDocument<PackedLeaks> }) {
  const data = useMemo(() => unpackLeaks(doc.data), [doc.data]);
  const { groups } = data.report;
  const [showsQuiet, setShowsQuiet] = useState(false);
  const [showsKnown, setShowsKnown] = useState(false);
  const [showsMore, setShowsMore] = useState(false);
  const regexp = searchRegexp.value;
  const kept = useMemo(() => {
    return regexp ? groups.filter((group) => matches(group, regexp)) : groups;
  }, [groups, regexp]);
  useEffect(() => {
    const sum = sumOf(kept, (group) => group.count);
    found.value = regexp ? `${plural(kept.length, "group")}, ${plural(sum, "goroutine")}` : "";
    return () => {
      found.value = "";
    };
  }, [kept, regexp]);
  useEffect(() => {
    requestAnimationFrame(() => setTimeout(() => {
      isPainted.value = true;
    }));
  }, []);
  const key = params.value.get("group");
  if (key) {
    const group = groups.find((one) => one.key === key);
    if (group) return <LeakGroupPage group={group} data={data} />;
    return (
      <p class="empty">
        This group is not in these snapshots.{" "}
        <button type="button" onClick={() => change({ group: null })}>All groups</button>
      </p>
    );
  }
  if (params.value.get("moves")) return <MovesPage data={data} />;
  const suspects = groups.filter(isSuspect);
  const known = groups.filter((group) => group.known);
  const quiet = groups.filter((group) => !isSuspect(group) && !group.known);
  const asked = regexp ? kept : groups.filter((group) => {
    return isSuspect(group) || (group.known ? showsKnown : showsQuiet);
  });
  const listed = showsMore ? asked : asked.slice(0, MOST_ROWS);
  const shown = isPainted.value ? listed : listed.slice(0, FIRST_ROWS);
  return (
    <div class="leaks">
      <Verdict data={data} />
      <Tiles data={data} worst={suspects[0]} />
      <Timeline data={data} suspects={suspects} />
      {shown.length > 0 && <GroupTable groups={shown} data={data} />}
      {asked.length > MOST_ROWS && (
        <p class="note">
          <ShowButton isOn={showsMore} set={setShowsMore}
            what={plural(asked.length - MOST_ROWS, "more group")} />{" "}
          {plural(sumOf(asked.slice(MOST_ROWS), (group) => group.count), "goroutine")}
        </p>
      )}
      {quiet.length > 0 && !regexp && (
        <p class="note">
          <ShowButton isOn={showsQuiet} set={setShowsQuiet}
            what={plural(quiet.length, "other group")} />{" "}
          {plural(sumOf(quiet, (group) => group.count), "goroutine")}: pools, listeners, the runtime
        </p>
      )}
      {known.length > 0 && !regexp && (
        <p class="note">
          <ShowButton isOn={showsKnown} set={setShowsKnown}
            what={`${plural(known.length, "group")} in the baseline`} />{" "}
          {plural(sumOf(known, (group) => group.count), "goroutine")}: no finding
        </p>
      )}
      {isPainted.value && <AgeHeatmap groups={shown} data={data} />}
      {data.hidden_groups > 0 && (
        <p class="note">
          Not on this page: {plural(data.hidden_groups, "smaller group")} with{" "}
          {plural(data.hidden_goroutines, "goroutine")}; <code>{doc.command} -n 0</code>
        </p>
      )}
      {data.report.notes.map((note) => <p class="note" key={note}>{note}</p>)}
      {kept.length === 0 && regexp && <p class="empty">No group matches the search.</p>}
    </div>
  );
}
