// SPDX-License-Identifier: Apache-2.0
// The head of every page: views, sample types, refinement, options, search, details.

import { useEffect, useRef, useState } from "preact/hooks";
import { answer, heldVersion, withVersion } from "./api";
import { ConfigPanel } from "./config";
import { LiveBar } from "./live";
import { Menu, type MenuItem, Panel } from "./menu";
import { ProfilesPanel } from "./profiles";
import {
  change,
  exactly,
  functionOf,
  FILTERS,
  found,
  go,
  info,
  isFile,
  MORE_FILTERS,
  params,
  resetFilters,
  search,
  selection,
  urlOf,
  view,
} from "./state";
import { toRegexp } from "./regexp";
import { SharePanel } from "./share";
import { matchedShare } from "./share_of";
import { isDark, toggleTheme } from "./theme";

/** What a filter would be about: what is searched for, else what is chosen. */
function refineText(): string {
  if (search.value) return search.value;
  return selection.value.size > 0 ? exactly(new Set([...selection.value].map(functionOf))) : "";
}

function refineItems(): MenuItem[] {
  const text = refineText();
  const items: MenuItem[] = FILTERS.map((filter) => ({
    title: filter.title,
    help: filter.help,
    isOff: text === "",
    act: () => {
      const old = params.value.get(filter.param);
      selection.value = new Set();
      change({ [filter.param]: filter.adds && old ? `${old}|${text}` : text, q: null });
    },
  }));
  items.push({ title: "Reset", help: "Show the whole profile", act: resetFilters });
  return items;
}

function sampleItems(): MenuItem[] {
  const current = answer.value?.document.sample_type;
  return info.sample_types.map((type) => ({
    title: type,
    isCurrent: type === current,
    act: () => change({ si: type }),
  }));
}

function Search() {
  const box = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  const [text, setText] = useState(search.value);
  // What the box itself asked for last: anything else comes from elsewhere, such as going back.
  const asked = useRef(search.value);
  useEffect(() => {
    if (search.value === asked.current) return;
    clearTimeout(timer.current);
    asked.current = search.value;
    setText(search.value);
  }, [search.value]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const isBad = text !== "" && toRegexp(text) === null;
  const set = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      asked.current = next;
      change({ q: next }, true);
    }, 200);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      set("");
      box.current?.blur();
    } else if (event.key === "Enter" && text && !isBad) {
      clearTimeout(timer.current);
      if (isFile && view.value !== "flamegraph") return;
      // As in pprof: the flame graph shows stacks through it, other views focus on it.
      if (view.value === "leaks") return;
      asked.current = "";
      if (view.value === "flamegraph") change({ p: text, q: null });
      else change({ f: text, q: null });
      setText("");
    }
  };
  return (
    <div class="search" role="search">
      <input
        ref={box}
        type="search"
        aria-label="Search functions by regular expression"
        title="A regular expression; / goes here, Enter focuses on what matches"
        placeholder="Search regexp"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        aria-invalid={isBad}
        value={text}
        onInput={(event) => set(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      <span class="found" role="status">
        {isBad ? "no regular expression"
          : [matchedShare.value, found.value].filter(Boolean).join("; ")}
      </span>
    </div>
  );
}

/** The filters that are on, each with a button that takes it out. */
function Chips() {
  const chips = [...FILTERS, ...MORE_FILTERS]
    .map(({ param, name }) => ({ param, name, value: params.value.get(param) ?? "" }))
    .filter((chip) => chip.value !== "");
  const pivot = view.value === "flamegraph" ? (params.value.get("p") ?? "") : "";
  if (pivot) chips.push({ param: "p" as "f", name: "pivot" as "focus", value: pivot });
  if (chips.length === 0) return null;
  return (
    <ul class="chips" aria-label="Filters">
      {chips.map((chip) => (
        <li key={chip.param}>
          <span class="chip-name">{chip.name}</span>
          <code title={chip.value}>{chip.value}</code>
          <button
            type="button"
            aria-label={`Take out ${chip.name}`}
            onClick={() => change({ [chip.param]: null })}
          >
            {"\u00d7"}
          </button>
        </li>
      ))}
    </ul>
  );
}

const FIELDS = [
  { param: "n", title: "Nodes", help: "At most so many functions; 0: all" },
  { param: "tf", title: "Label focus", help: "Only with a label: regexp, key=regexp, range" },
  { param: "ti", title: "Label ignore", help: "Only samples without" },
  { param: "tagroot", title: "Labels at root", help: "Values of these keys become frames" },
  { param: "tagleaf", title: "Labels at leaf", help: "The same at the leaf" },
  { param: "prunefrom", title: "Prune from", help: "Take out what matching frames call" },
  { param: "unit", title: "Unit", help: "ms, MB, ...; auto: as fits each value" },
] as const;

const GRANULARITIES = ["", "functions", "filefunctions", "files", "lines", "addresses"];
const SWITCHES = [
  { param: "trim", title: "Show small functions too", on: "f" },
  { param: "rel", title: "Percentages of what filters leave", on: "t" },
  { param: "calltree", title: "A box for each way to a function (graph)", on: "t" },
  { param: "noinlines", title: "No inlined functions", on: "t" },
  { param: "mean", title: "Mean per sample", on: "t" },
] as const;

/** Whether the URL has a switch so; Go takes "1", "t", "T", "true" and the like. */
function isSet(param: string, on: "t" | "f"): boolean {
  const first = params.value.get(param)?.[0]?.toLowerCase() ?? "-";
  return (on === "t" ? "t1y" : "f0n").includes(first);
}

function OptionsPanel({ close }: { close: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input,select")?.focus(), []);
  const apply = (event: Event) => {
    event.preventDefault();
    const values = new FormData(form.current!);
    const changes: Record<string, string | null> = { g: String(values.get("g") ?? "") };
    for (const { param } of FIELDS) changes[param] = String(values.get(param) ?? "").trim();
    for (const { param, on } of SWITCHES) {
      const isOn = values.get(param) !== null;
      if (isOn !== isSet(param, on)) changes[param] = isOn ? on : null;
    }
    close();
    change(changes);
  };
  return (
    <form ref={form} onSubmit={apply}>
      <label>
        <span>Granularity</span>
        <select name="g" value={params.value.get("g") ?? ""}>
          {GRANULARITIES.map((one) => (
            <option key={one} value={one}>{one || "(usual)"}</option>
          ))}
        </select>
      </label>
      {FIELDS.map(({ param, title, help }) => (
        <label key={param} title={help}>
          <span>{title}</span>
          <input name={param} defaultValue={params.value.get(param) ?? ""} placeholder={help} />
        </label>
      ))}
      {SWITCHES.map(({ param, title, on }) => (
        <label key={param} class="switch">
          <input
            type="checkbox"
            name={param}
            defaultChecked={isSet(param, on)}
          />
          <span>{title}</span>
        </label>
      ))}
      <button type="submit" class="primary">Apply</button>
    </form>
  );
}

function downloadUrl(): string {
  heldVersion.value;  // The link changes with it.
  const query = withVersion(info.profile ? `profile=${info.profile}` : "");
  return `/ui/download${query ? `?${query}` : ""}`;
}

export function Header() {
  const document_ = answer.value?.document;
  // Filters are about samples; the leak pages show all goroutines.
  const hasSamples = view.value !== "leaks";
  const canAsk = hasSamples && !isFile;
  return (
    <header>
      <div class="bar-row">
        <a class="brand" href={isFile ? "#" : "/ui/"} aria-label="plumb, start page">plumb</a>
        <nav aria-label="Views">
          {info.views.map((one) => (
            <a
              key={one.name}
              href={urlOf(one.name)}
              title={one.help}
              data-link
              aria-current={one.name === view.value ? "page" : undefined}
            >
              {one.title}
            </a>
          ))}
        </nav>
        <Search />
      </div>
      <div class="bar-row second">
        {hasSamples && info.sample_types.length > 1 && (
          <Menu title="Sample" items={sampleItems()} />
        )}
        {canAsk && (
          <Menu
            title="Refine"
            help="Narrow to what is searched for, or to chosen functions"
            items={refineItems()}
          />
        )}
        {canAsk && (
          <Panel title="Options">{(close) => <OptionsPanel close={close} />}</Panel>
        )}
        {canAsk && (
          <Panel title="Config" help="Sets of filters and options with names, as pprof keeps them">
            {(close) => <ConfigPanel close={close} />}
          </Panel>
        )}
        {!isFile && (
          <Panel title="Profiles" help="Open another one, switch, compare">
            {(close) => <ProfilesPanel leave={close} />}
          </Panel>
        )}
        {!isFile && <a class="button" href={downloadUrl()} download>Download</a>}
        {!isFile && (
          <Panel title="Share" help="All of this as one file that opens anywhere">
            {(close) => <SharePanel close={close} />}
          </Panel>
        )}
        <button type="button" onClick={toggleTheme} title="Dark or light">
          {isDark.value ? "Light" : "Dark"}
        </button>
        <LiveBar />
        {hasSamples && <Chips />}
        <span class="spacer" />
        <Panel title={document_?.title ?? "Details"} help="About the profile and this view">
          {() => (
            <ul class="details">
              {(document_?.legend ?? []).map((line) => <li key={line}>{line}</li>)}
              {info.sources.map((name) => <li key={name}>Source: {name}</li>)}
              <li>plumb {info.version}</li>
              {/^https?:\/\//.test(info.doc_url) && (
                <li><a href={info.doc_url} rel="noopener noreferrer" target="_blank">Help</a></li>
              )}
            </ul>
          )}
        </Panel>
      </div>
    </header>
  );
}

/** T: the table of what is shown. */
export function useViewKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (target.closest("input,select,textarea")) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "T" || event.key === "t") go("top");
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
