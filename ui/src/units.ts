// SPDX-License-Identifier: Apache-2.0
// Values as text, by the rules of src/base/units.cc: numbers on the page are those of the command
// line.

interface Unit {
  name: string;
  aliases: string[];
  factor: number;
}

interface Family {
  units: Unit[];
  fallback: { name: string; factor: number };
}

const unit = (name: string, aliases: string[], factor: number): Unit => ({ name, aliases, factor });

const FAMILIES: Family[] = [
  {
    units: [
      unit("B", ["b", "byte"], 1),
      unit("kB", ["kb", "kbyte", "kilobyte"], 2 ** 10),
      unit("MB", ["mb", "mbyte", "megabyte"], 2 ** 20),
      unit("GB", ["gb", "gbyte", "gigabyte"], 2 ** 30),
      unit("TB", ["tb", "tbyte", "terabyte"], 2 ** 40),
      unit("PB", ["pb", "pbyte", "petabyte"], 2 ** 50),
    ],
    fallback: { name: "B", factor: 1 },
  },
  {
    units: [
      unit("ns", ["ns", "nanosecond"], 1),
      unit("us", ["\u03bcs", "us", "microsecond"], 1e3),
      unit("ms", ["ms", "millisecond"], 1e6),
      unit("s", ["s", "sec", "second"], 1e9),
      unit("hrs", ["hour", "hr"], 3600e9),
    ],
    fallback: { name: "s", factor: 1e9 },
  },
  {
    units: [
      unit("n*GCU", ["nanogcu"], 1e-9),
      unit("u*GCU", ["microgcu"], 1e-6),
      unit("m*GCU", ["milligcu"], 1e-3),
      unit("GCU", ["gcu"], 1),
      unit("k*GCU", ["kilogcu"], 1e3),
      unit("M*GCU", ["megagcu"], 1e6),
      unit("G*GCU", ["gigagcu"], 1e9),
      unit("T*GCU", ["teragcu"], 1e12),
      unit("P*GCU", ["petagcu"], 1e15),
    ],
    fallback: { name: "GCU", factor: 1 },
  },
];

function findUnit(family: Family, name: string): Unit | undefined {
  let alias = name.toLowerCase();
  if (alias.length > 2 && alias.endsWith("s")) alias = alias.slice(0, -1);
  return family.units.find((row) => row.aliases.includes(alias));
}

function largestFitting(family: Family, base: number): { name: string; factor: number } {
  let best: { name: string; factor: number } = family.fallback;
  for (const row of family.units) if (base / row.factor >= 1) best = row;
  return best;
}

function print(value: number, name: string): string {
  let text = value.toFixed(2);
  if (text.endsWith(".00")) text = text.slice(0, -3);
  return text === "0" || text === "-0" ? "0" : text + name;
}

/** `value` in the unit `from`, shown in the unit `to`; "minimum" or "auto": as fits it. */
export function formatValue(value: number, from: string, to: string): string {
  if (value < 0) {
    const text = formatValue(-value, from, to);
    return text === "0" ? text : `-${text}`;
  }
  const fits = to === "minimum" || to === "auto";
  for (const family of FAMILIES) {
    const source = findUnit(family, from);
    if (!source) continue;
    const base = value * source.factor;
    const target = fits ? largestFitting(family, base) : (findUnit(family, to) ?? family.fallback);
    return print(base / target.factor, target.name);
  }
  const plain = fits || to === "count" || to === "sample" || to === "unit";
  return print(value, plain ? "" : to);
}

/** "12.5%" of `total`, with the digits of the command line's percentages. */
export function formatPercent(value: number, total: number): string {
  const percent = total === 0 ? 0 : Math.abs(value / total) * 100;
  if (percent >= 99.95 && percent <= 100.05) return "100%";
  if (percent >= 1) return `${percent.toFixed(2)}%`;
  if (percent === 0) return "0%";
  // Two significant digits, as C's %.2g.
  const exponent = Math.floor(Math.log10(percent));
  if (exponent < -4) {
    const [digits, power] = percent.toExponential(1).split("e");
    return `${digits.replace(/\.0$/, "")}e-${power.slice(1).padStart(2, "0")}%`;
  }
  return `${Number(percent.toPrecision(2))}%`;
}

/** "2,000". Browsers' own toLocaleString() takes a tenth of a millisecond for each. */
export function countText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 group", "2,000 groups". */
export function plural(value: number, noun: string): string {
  return `${countText(value)} ${noun}${value === 1 ? "" : "s"}`;
}
