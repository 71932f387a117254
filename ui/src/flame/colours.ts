// SPDX-License-Identifier: Apache-2.0
// What the colours of a flame graph stand for: packages, changes, or of goroutines the states they
// are in and how long they wait. Colour never says it alone: boxes and tooltips have the words.

import { formatPercent } from "../units";
import { ageTitles } from "../views/leaks_data";
import type { FlameHead, FlameTree, Lanes } from "./tree";

export type ColourBy = "package" | "state" | "age" | "change";

export interface ColourChoice {
  by: ColourBy;
  title: string;
  /** Why it cannot be chosen; "": it can. */
  lacks: string;
}

/** What can be chosen, and why something cannot. */
export function colourChoices(head: FlameHead, isDifference: boolean): ColourChoice[] {
  const mix = head.mix;
  return [
    { by: "package", title: "package", lacks: "" },
    { by: "state", title: "state", lacks: mix ? "" : "only goroutines have states" },
    {
      by: "age",
      title: "age",
      lacks: mix?.age_bounds ? ""
        : mix ? "no waits in this data; a dump (debug=2) has them" : "only goroutines have ages",
    },
    { by: "change", title: "change", lacks: isDifference ? "" : "this is no difference" },
  ];
}

/** How a tree is coloured that the URL asks `asked` for, and why it is not as asked. */
export function chosenColour(
  choices: ColourChoice[], asked: string | null, isDifference: boolean,
): { by: ColourBy; problem: string } {
  const usual = isDifference ? "change" : "package";
  const choice = choices.find((one) => one.by === asked);
  if (!choice) return { by: usual, problem: "" };
  if (!choice.lacks) return { by: choice.by, problem: "" };
  return { by: usual, problem: `Not coloured by ${choice.title}: ${choice.lacks}.` };
}

/** Which lane each class of the data belongs to. */
export function lanesOf(head: FlameHead, by: ColourBy): Lanes | null {
  const mix = head.mix;
  if (!mix) return null;
  if (by === "state") {
    const of = Uint16Array.from(mix.classes, ([state]) => state);
    return { of, titles: mix.states, isOrdered: false };
  }
  if (by !== "age" || !mix.age_bounds) return null;
  return {
    of: Uint16Array.from(mix.classes, ([, age]) => age),
    titles: ageTitles(mix.age_bounds),
    isOrdered: true,
  };
}

interface Tint {
  hue: number;
  saturation: number;
  /** On a light page, and on a dark one. */
  light: number;
  dark: number;
}

const tint = (hue: number, saturation: number, light: number, dark: number): Tint => {
  return { hue, saturation, light, dark };
};

// Those that leaks are made of differ in lightness, too.
const STATES: [RegExp, Tint][] = [
  [/^chan send/, tint(28, 92, 66, 34)],
  [/^chan receive/, tint(208, 80, 76, 26)],
  [/^select/, tint(160, 48, 68, 24)],
  [/^IO wait/, tint(190, 40, 88, 18)],
  [/^(sync\.(RW)?Mutex|semacquire)/, tint(345, 72, 76, 36)],
  [/^sync\.(Cond|WaitGroup)/, tint(300, 40, 84, 30)],
  [/^sleep/, tint(262, 60, 82, 34)],
  [/^running/, tint(56, 80, 72, 24)],
  [/^runnable/, tint(48, 60, 90, 18)],
  [/^syscall/, tint(90, 45, 76, 26)],
  [/^unknown/, tint(0, 0, 86, 28)],
];

function cssOf({ hue, saturation, light, dark }: Tint, isDark: boolean): string {
  return `hsl(${hue}, ${isDark ? saturation * 0.6 : saturation}%, ${isDark ? dark : light}%)`;
}

function stateColour(state: string, isDark: boolean): string {
  const known = STATES.find(([expression]) => expression.test(state));
  if (known) return cssOf(known[1], isDark);
  let hash = 0;
  for (const letter of state) hash = (hash * 31 + letter.charCodeAt(0)) % 360;
  return cssOf(tint(hash, 25, 82, 30), isDark);
}

/** From young, near the background, to old. */
function ageColour(step: number, isDark: boolean): string {
  return isDark ? `hsl(28, ${8 + step * 72}%, ${15 + step * 23}%)`
    : `hsl(28, ${40 + step * 50}%, ${94 - step * 36}%)`;
}

/** A colour for each lane. */
export function laneColours({ titles, isOrdered }: Lanes, isDark: boolean): string[] {
  return titles.map((title, i) => {
    return isOrdered ? ageColour(i / (titles.length - 1 || 1), isDark) : stateColour(title, isDark);
  });
}

const MOST_NAMED = 3;

/** "chan send 88%, select 12%" of a box. */
export function mixText(tree: FlameTree, row: number): string {
  if (!tree.lanes) return "";
  const total = tree.size[row];
  const parts = tree.lanes.titles
    .map((title, i) => ({ title, size: tree.laneSize[i][row] }))
    .filter(({ size }) => size > 0);
  if (!tree.lanes.isOrdered) parts.sort((a, b) => b.size - a.size);
  const named = tree.lanes.isOrdered ? parts.slice(-MOST_NAMED).reverse()
    : parts.slice(0, MOST_NAMED);
  const text = named.map(({ title, size }) => {
    return parts.length === 1 ? title : `${title} ${formatPercent(size, total)}`;
  });
  const more = parts.length - named.length;
  if (more > 0) text.push(`${more} more`);
  return `${tree.lanes.isOrdered ? "waits " : ""}${text.join(", ")}`;
}
