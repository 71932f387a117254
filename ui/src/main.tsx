// SPDX-License-Identifier: Apache-2.0
// The page: its head, the view that the URL names, and the command that prints the same.

import { effect } from "@preact/signals";
import { render } from "preact";
import { answer, type Answer, failure, isLoading, load, type ViewDocument } from "./api";
import { Beside, showsBeside } from "./beside";
import { CopyButton } from "./copy";
import { FlameView } from "./flame/view";
import { Header, useViewKeys } from "./header";
import { LiveProblem } from "./live";
import { DropNotice } from "./profiles";
import {
  type Changes,
  dataQuery,
  go,
  info,
  isFile,
  isLost,
  params,
  resetAll,
  urlOf,
  view,
} from "./state";
import { CodeViews } from "./views/all";

function Content({ shown }: { shown: Answer }) {
  if (shown.view === "flamegraph") return <FlameView answer={shown} />;
  const Component = CodeViews[shown.view];
  return Component ? <Component document={shown.document as ViewDocument<never>} /> : null;
}

/** Instructions of nothing in particular were asked for, and there are none. */
function lacksBinary(message: string): boolean {
  const found = !message.startsWith("no matches found");
  return view.value === "disasm" && !params.value.get("f") && !found;
}

function hasView(): boolean {
  return info.views.some((one) => one.name === view.value);
}

function Problem() {
  const problem = failure.value;
  if (!problem) return null;
  if (!problem.isGone && lacksBinary(problem.message)) {
    return (
      <p class="empty" role="status">
        There are no instructions to show: the program that made the profile is not at hand. Give it
        with the profile: <code>plumb serve PROGRAM PROFILE</code>
      </p>
    );
  }
  if (!problem.isGone && !isFile && (isLost.value || !hasView())) {
    return (
      <div class="problem" role="alert">
        <p>
          {isLost.value ? "This profile is not open any more; plumb was perhaps started again. "
            : `There is no page "${view.value}" of this profile. `}
          <a href={urlOf(info.views[0].name)} data-link>{info.views[0].title}</a>
        </p>
      </div>
    );
  }
  return (
    <div class="problem" role="alert">
      <p>{problem.isGone ? "plumb does not answer any more. Start it again, then reload." :
        problem.message}</p>
      {problem.isGone ? (
        <button type="button" onClick={() => void load(view.value, dataQuery.value)}>
          Try again
        </button>
      ) : (
        <button type="button" onClick={resetAll}>Take out all filters and options</button>
      )}
    </div>
  );
}

/** What such a profile can still show. */
const WITHOUT_SAMPLES = ["leaks", "raw"];

function NoSamples() {
  return (
    <p class="empty" role="status">
      This profile has no samples. In one of CPU time that means that nothing ran while it was
      taken; in others, that what they count did not happen, or that the program does not record it.
    </p>
  );
}

/** With what only the page heeds: the direction of the flame graph, the order of functions. */
function commandOf(text: string): string {
  if (view.value === "flamegraph" && params.value.get("inv") === "1") {
    return text.replace("plumb flamegraph", "$& -inverted");
  }
  const order = params.value.get("o");
  if (view.value !== "top" || (order !== "cum" && order !== "flat")) return text;
  const usual = text.replace(/^(plumb top.*?) -cum /, "$1 ");
  return order === "cum" ? usual.replace("plumb top", "$& -cum") : usual;
}

function Command({ text }: { text: string }) {
  return (
    <footer>
      <code>$ {text}</code>
      <CopyButton text={text} title="Copy" />
    </footer>
  );
}

function App() {
  useViewKeys();
  const shown = answer.value;
  const isCurrent = shown?.view === view.value;
  const title = info.views.find((one) => one.name === view.value)?.title ?? "";
  const isEmpty = info.is_empty === true && !WITHOUT_SAMPLES.includes(view.value);
  const notices = [...info.notices, ...(shown?.document.notices ?? [])];
  return (
    <>
      <a class="skip" href="#main">To the content</a>
      <Header />
      <DropNotice />
      <LiveProblem />
      {notices.length > 0 && (
        <div class="notices" role="status">
          {notices.map((line) => <div key={line}>{line}</div>)}
        </div>
      )}
      <main id="main" aria-busy={isLoading.value}
        data-view={isCurrent || isEmpty ? view.value : ""}>
        <h1 class="hidden">{title}</h1>
        {isEmpty ? <NoSamples /> : <Problem />}
        {!isEmpty && !failure.value && isCurrent && (showsBeside()
          ? <Beside shown={shown} render={(one) => <Content shown={one} />} />
          : <Content shown={shown} />)}
        {!isEmpty && !failure.value && !isCurrent && <p class="empty">Loading</p>}
      </main>
      {shown && isCurrent && !failure.value && (
        <Command text={commandOf(shown.document.command)} />
      )}
    </>
  );
}

// Links between views do not load the page again.
document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-link]");
  // In a file the browser itself goes to the part of the page.
  if (isFile || !link || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const url = new URL(link.href);
  const next = url.pathname.split("/").pop()!;
  const changes: Changes = {};
  for (const name of params.value.keys()) changes[name] = null;
  for (const [name, value] of url.searchParams) changes[name] = value;
  go(next, changes);
});

/** So long a page without its data is not worth drawing. */
const SOON_MS = 100;

const firstLoad = load(view.peek(), dataQuery.peek());
let isFirst = true;
effect(() => {
  const [name, query] = [view.value, dataQuery.value];
  if (!isFirst) void load(name, query);
  isFirst = false;
});
effect(() => {
  const title = info.views.find((one) => one.name === view.value)?.title ?? "";
  document.title = [answer.value?.document.title, title, "plumb"].filter(Boolean).join(" - ");
});

void Promise.race([firstLoad, new Promise((resolve) => setTimeout(resolve, SOON_MS))])
  .then(() => render(<App />, document.body));
