// SPDX-License-Identifier: Apache-2.0
// Regular expressions as Go writes them (https://golang.org/s/re2syntax), which the server takes
// for filters, in the words of the browser: what is searched for and what a filter keeps are the
// same. (?i), \pL, [[:alpha:]], \Q...\E, \x{3b1} and {} as text are understood.

/** Character classes with names: pairs of the first and the last character of a range. */
const NAMED: Record<string, string> = {
  alnum: "09AZaz",
  alpha: "AZaz",
  ascii: "\x00\x7f",
  blank: "\t\t  ",
  cntrl: "\x00\x1f\x7f\x7f",
  digit: "09",
  graph: "!~",
  lower: "az",
  print: " ~",
  punct: "!/:@[`{~",
  space: "\t\r  ",
  upper: "AZ",
  word: "09AZ__az",
  xdigit: "09AFaf",
};
const LAST_CHARACTER = 0x10ffff;

/** What is no expression, or one that browsers cannot say. */
class Unknown extends Error {}

function unicode(code: number): string {
  return `\\u{${code.toString(16)}}`;
}

function range(first: number, last: number): string {
  return `${unicode(first)}-${unicode(last)}`;
}

/** "alpha", "^alpha" as what stands in a class. */
function named(name: string): string {
  const isOpposite = name.startsWith("^");
  const pairs = NAMED[isOpposite ? name.slice(1) : name];
  if (pairs === undefined) throw new Unknown();
  let text = "";
  let next = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    const [first, last] = [pairs.charCodeAt(i), pairs.charCodeAt(i + 1)];
    if (!isOpposite) text += range(first, last);
    else if (next < first) text += range(next, first - 1);
    next = last + 1;
  }
  return isOpposite ? text + range(next, LAST_CHARACTER) : text;
}

function literal(character: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(character) ? unicode(character.codePointAt(0)!) : character;
}

/** U says how much of a name a match takes, which nobody sees. */
function flagGroup(flags: string): string {
  return `(?${flags.replaceAll("U", "").replace(/-$/, "")}:`;
}

/** Takes one expression apart, from its beginning on. */
class Translator {
  private at = 0;
  flags = "u";

  constructor(private readonly text: string) {}

  translate(): string {
    this.takeFlagsOfAll();
    let out = "";
    // Of each group that is open, the groups in it that flags in its middle have opened.
    const opened: string[][] = [[]];
    while (this.at < this.text.length) {
      const flags = this.take(/\(\?([imsU]*(?:-[imsU]+)?)\)/y);
      if (flags) {
        const group = flagGroup(flags[1]);
        out += group;
        opened[opened.length - 1].push(group);
      } else if (this.text[this.at] === "(") {
        out += this.takeOpening();
        opened.push([]);
      } else if (this.text[this.at] === ")") {
        if (opened.length === 1) throw new Unknown();
        this.at++;
        out += ")".repeat(opened.pop()!.length + 1);
      } else if (this.text[this.at] === "|") {
        // Flags hold behind it as well.
        const groups = opened[opened.length - 1];
        this.at++;
        out += `${")".repeat(groups.length)}|${groups.join("")}`;
      } else {
        out += this.takePart();
      }
    }
    if (opened.length > 1) throw new Unknown();
    return out + ")".repeat(opened[0].length);
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at += found[0].length;
    return found;
  }

  private takeFlagsOfAll(): void {
    const found = this.take(/\(\?([imsU]+)\)/y);
    if (found) this.flags += [...new Set(found[1].replaceAll("U", ""))].join("");
  }

  private takeOpening(): string {
    const name = this.take(/\(\?P</y);
    if (name) return "(?<";
    const flags = this.take(/\(\?([a-zA-Z]*(?:-[a-zA-Z]+)?):/y);
    if (!flags) {
      this.at++;
      return "(";
    }
    if (/[^imsU-]/.test(flags[1])) throw new Unknown();
    return flagGroup(flags[1]);
  }

  private takePart(): string {
    if (this.text[this.at] === "[") return this.takeClass();
    if (this.text[this.at] === "\\") return this.takeEscape();
    const repeat = this.take(/\{\d+(,\d*)?\}/y);
    if (repeat) return repeat[0];
    const [character] = this.take(/./suy)!;
    return "{}]".includes(character) ? `\\${character}` : character;
  }

  private takeClass(): string {
    let out = this.take(/\[\^?/y)![0];
    if (this.take(/\]/y)) out += "\\]";
    for (;;) {
      const name = this.take(/\[:(\^?\w+):\]/y);
      if (this.at >= this.text.length) throw new Unknown();
      if (name) out += named(name[1]);
      else if (this.take(/\]/y)) return `${out}]`;
      else if (this.text[this.at] === "\\") out += this.takeEscape();
      else {
        const [character] = this.take(/./suy)!;
        out += character === "-" ? "-" : literal(character);
      }
    }
  }

  private takeEscape(): string {
    const quoted = this.take(/\\Q(.*?)(?:\\E|$)/suy);
    if (quoted) return [...quoted[1]].map(literal).join("");
    const property = this.take(/\\([pP])(?:\{(\^?)(\w+)\}|([A-Z]))/y);
    if (property) {
      const [, letter, opposite, long, short] = property;
      const isOpposite = (letter === "P") !== (opposite === "^");
      const name = short ?? (long.length <= 2 || long === "Any" ? long : `Script=${long}`);
      return `\\${isOpposite ? "P" : "p"}{${name}}`;
    }
    const hexadecimal = this.take(/\\x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))/y);
    if (hexadecimal) return unicode(parseInt(hexadecimal[1] ?? hexadecimal[2], 16));
    const octal = this.take(/\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y);
    if (octal) return unicode(parseInt(octal[1], 8));
    const known = this.take(/\\([bBdDsSwWfnrtv])/y);
    if (known) return known[0];
    const other = this.take(/\\([^a-zA-Z0-9\u0080-\uffff]|[aAz])/y)?.[1];
    if (other === undefined) throw new Unknown();
    if (other === "a") return "\\x07";
    if (other === "A") return "(?<![^])";
    return other === "z" ? "(?![^])" : literal(other);
  }
}

/** The regular expression, or null if it is none, or none that the browser can say. */
export function toRegexp(text: string): RegExp | null {
  try {
    const translator = new Translator(text);
    const source = translator.translate();
    return new RegExp(source, translator.flags);
  } catch {
    return null;
  }
}
