// SPDX-License-Identifier: Apache-2.0
// What the leak pages are made from (src/web/leaks_data.h), and words for it.

export interface CodeFrame {
  function?: string;
  file?: string;
  line?: number;
  owner?: string;
  elided?: number;
  address?: number;
}

export interface Evidence {
  id: string;
  text: string;
  source: string;
}

/** A group as a list shows it. */
export interface LeakGroup {
  key: string;
  counts: number[];
  ages: number[];
  count: number;
  state: string;
  state_source: string;
  wait_minutes: { oldest: number; median: number } | null;
  blocked: CodeFrame | null;
  created_by: CodeFrame | null;
  /** Functions and files on its stack. */
  frames: string[];
  memory_bytes_at_least: number;
  level: Level;
  /** In the file that -baseline names. */
  known: boolean;
  reason: string;
  rate: { value: number; unit: string; method: string } | null;
  since: { seconds_ago: number; is_at_least: boolean; method: string } | null;
  family: number | null;
  leads_family: boolean;
}

/** A group as `plumb leaks -json` tells of it. */
export interface GroupDetail {
  created_by: (CodeFrame & { goroutine?: number | null }) | null;
  frames: CodeFrame[];
  labels: { key: string; value: string; count: number }[];
  evidence: Evidence[];
  against: Evidence[];
  cause: string;
  fix: string;
  next: string;
}

export type Level = "confirmed" | "likely" | "possible" | "watch" | "benign";

export interface GoroutineRow {
  id: number;
  minutes: number;
  since: number;
  creator: number;
  /** Where it was before it came here. */
  earlier?: { since: number; state: string; place: string }[];
}

export interface GroupPage {
  key: string;
  detail: GroupDetail;
  ages: { below: number | null; count: number }[];
  goroutines: GoroutineRow[];
  more_goroutines: number;
  lacks_earlier: boolean;
  source: { first: number; lines: string[] } | null;
}

export interface LeaksData {
  report: {
    total: number;
    /** Of them, what the filters of the command line keep; null without filters. */
    matched: number | null;
    /** Those filters: "-state=select". */
    filters: string[];
    verdict: Level;
    groups: LeakGroup[];
    notes: string[];
    states: { state: string; count: number; groups: number }[];
    /** All that may leak, shown or not. */
    suspects: {
      groups: number;
      goroutines: number;
      memory_bytes_at_least: number;
      oldest_minutes: number;
    };
    seconds: number | null;
    snapshots: number;
  };
  series: { name: string; seconds: number; time_ms: number; total: number; has_ids: boolean }[];
  /** The last snapshot that tells ids: goroutines and ages are of that one. */
  id_snapshot: number | null;
  age_bounds: number[];
  has_times: boolean;
  has_clock: boolean;
  has_waits: boolean;
  memory_bytes: number;
  hidden_groups: number;
  hidden_goroutines: number;
  group: GroupPage | null;
  /** In a shared file: those of all groups. */
  pages: Record<string, GroupPage>;
}

/** Function and file, which are indices in the texts, and line. */
type PackedFrame = [number, number, number] | null;

interface PackedGroup extends Omit<LeakGroup, "blocked" | "created_by" | "frames"> {
  blocked: PackedFrame;
  created_by: PackedFrame;
  frames: number[];
}

/** As the server sends it: each text once. */
export interface PackedLeaks extends Omit<LeaksData, "report"> {
  report: Omit<LeaksData["report"], "groups"> & { groups: PackedGroup[] };
  texts: string[];
}

export function unpackLeaks({ report, texts, ...rest }: PackedLeaks): LeaksData {
  const frame = (packed: PackedFrame): CodeFrame | null => packed &&
    { function: texts[packed[0]], file: texts[packed[1]], line: packed[2] };
  const groups = report.groups.map((group) => ({
    ...group,
    blocked: frame(group.blocked),
    created_by: frame(group.created_by),
    frames: group.frames.map((index) => texts[index]),
  }));
  return { ...rest, report: { ...report, groups } };
}

/** Levels that somebody has to look at. */
const SUSPECTS: readonly Level[] = ["confirmed", "likely", "possible"];

export function isSuspect(group: LeakGroup): boolean {
  return !group.known && SUSPECTS.includes(group.level);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function placeOf(frame: CodeFrame | null): string {
  return frame?.file ? `${baseName(frame.file)}${frame.line ? `:${frame.line}` : ""}` : "";
}

export function functionOf(frame: CodeFrame | null): string {
  if (!frame) return "";
  if (frame.elided) return `... ${frame.elided} frames that Go left out`;
  return frame.function || (frame.address ? `0x${frame.address.toString(16)}` : "unknown");
}

/** "3 min", "2 h 5 min". */
export function minutesText(minutes: number): string {
  if (minutes < 1) return "under a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}

/** The columns of ages: "under a minute", "1 to 2 min", ..., "1 day and more". */
export function ageTitles(bounds: number[]): string[] {
  const titles = bounds.map((bound, i) => {
    return i === 0 ? "under a minute" : `${minutesText(bounds[i - 1])} to ${minutesText(bound)}`;
  });
  return [...titles, `${minutesText(bounds[bounds.length - 1] ?? 0)} and more`];
}

/** A group in words that fit a list. */
export function nameOf(group: LeakGroup): string {
  return `${functionOf(group.blocked)} ${placeOf(group.blocked)}`.trim();
}

export function secondsText(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : minutesText(Math.round(seconds / 60));
}

/** "+3.1 a second", in the unit that makes a number people can say. */
export function rateText(rate: NonNullable<LeakGroup["rate"]>): string {
  const scaled = (per: number, name: string) => {
    const value = rate.value * per;
    const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
    return `${value >= 0 ? "+" : ""}${Number(value.toFixed(digits))} ${name}`;
  };
  if (rate.unit !== "1/s") return scaled(1, "a snapshot");
  if (Math.abs(rate.value) >= 1) return scaled(1, "a second");
  if (Math.abs(rate.value) >= 1 / 60) return scaled(60, "a minute");
  return scaled(3600, "an hour");
}

/** When each snapshot was taken, as well as that is known. */
export function snapshotLabels(data: LeaksData): string[] {
  return data.series.map((one, i) => {
    if (data.has_clock && one.time_ms) return new Date(one.time_ms).toLocaleTimeString();
    return data.has_times ? `${secondsText(one.seconds)}` : `snapshot ${i + 1}`;
  });
}

/** What tells snapshots apart: their files, unless all come from one server. */
export function snapshotNames(data: LeaksData): string[] {
  const names = data.series.map((one) => one.name);
  return new Set(names).size === names.length ? names : snapshotLabels(data);
}

/** Of which snapshot ids and ages are, where it is not the last one; else null. */
export function olderIdsText(data: LeaksData): string | null {
  const at = data.id_snapshot;
  if (at === null || at === data.series.length - 1) return null;
  const name = baseName(snapshotNames(data)[at]);
  return `As of snapshot ${at + 1}, ${name}: the later ones tell no ids.`;
}

/** The same in as few letters as tell them apart. */
export function shortSnapshotNames(data: LeaksData): string[] {
  const names = snapshotNames(data);
  const short = names.map(baseName);
  return new Set(short).size === short.length ? short : names;
}
