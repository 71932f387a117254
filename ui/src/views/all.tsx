// SPDX-License-Identifier: Apache-2.0
// The views by their names in the path, but for the flame graph.

import type { FunctionComponent } from "preact";
import type { ViewDocument } from "../api";
import { DisasmView, SourceView } from "./code";
import { GraphView } from "./graph";
import { LeaksView } from "./leaks";
import { TagsView } from "./tags";
import { TextView } from "./text";
import { TopView } from "./top";

type ViewComponent = FunctionComponent<{ document: ViewDocument<never> }>;

const PeekView: ViewComponent = ({ document }) => <TextView document={document} label="Peek" />;
const TracesView: ViewComponent = ({ document }) => <TextView document={document} label="Traces" />;
const RawView: ViewComponent = ({ document }) => <TextView document={document} label="Raw" />;

export const CodeViews: Record<string, ViewComponent> = {
  leaks: LeaksView,
  top: TopView,
  graph: GraphView,
  peek: PeekView,
  traces: TracesView,
  raw: RawView,
  source: SourceView,
  disasm: DisasmView,
  tags: TagsView,
};
