// SPDX-License-Identifier: Apache-2.0
// Saves pictures of what is on the page: SVG, whose text stays text, and PNG.

import type { MenuItem } from "./menu";

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`)
    // No document may hold these.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
}

/** Takes what is drawn on a canvas and makes SVG of it: as much as the painters use. */
export class SvgCanvas {
  width = 0;
  height = 0;
  readonly style = { width: "", height: "" };
  private readonly parts: string[] = [];
  private readonly ruler = document.createElement("canvas").getContext("2d")!;
  fillStyle = "#000000";
  font = "";
  textBaseline = "";
  strokeStyle = "#000000";
  lineWidth = 1;
  private path = "";

  getContext(): CanvasRenderingContext2D {
    return this as unknown as CanvasRenderingContext2D;
  }

  /** A canvas to a painter. */
  get canvas(): HTMLCanvasElement {
    return this as unknown as HTMLCanvasElement;
  }

  setTransform(): void {}

  measureText(text: string): TextMetrics {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const size = [x, y, width, height].map((value) => Number(value.toFixed(2)));
    this.parts.push(`<rect x="${size[0]}" y="${size[1]}" width="${size[2]}" height="${size[3]}" ` +
      `fill="${this.fillStyle}"/>`);
  }

  fillText(text: string, x: number, y: number): void {
    this.parts.push(`<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ` +
      `dominant-baseline="middle" fill="${this.fillStyle}">${escapeXml(text)}</text>`);
  }

  beginPath(): void {}

  moveTo(x: number, y: number): void {
    this.path += `M${x.toFixed(1)},${y.toFixed(1)}`;
  }

  lineTo(x: number, y: number): void {
    this.path += `L${x.toFixed(1)},${y.toFixed(1)}`;
  }

  stroke(): void {
    this.parts.push(`<path d="${this.path}" stroke="${this.strokeStyle}" fill="none"/>`);
    this.path = "";
  }

  text(width: number, height: number): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="12">\n${
        this.parts.join("\n")}\n</svg>\n`;
  }
}

/** An SVG element as a document of its own, with all of its picture in sight. */
export function svgText(element: SVGSVGElement, width: number, height: number): string {
  const copy = element.cloneNode(true) as SVGSVGElement;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(Math.ceil(width)));
  copy.setAttribute("height", String(Math.ceil(height)));
  copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  copy.setAttribute("font-family", "Helvetica, Arial, sans-serif");
  copy.removeAttribute("aria-hidden");
  const back = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of [["width", "100%"], ["height", "100%"], ["fill", "#fff"]]) {
    back.setAttribute(name, value);
  }
  copy.prepend(back);
  return new XMLSerializer().serializeToString(copy);
}

// Browsers draw no larger canvases.
const MOST_PIXELS = 16_000;

/** Draws an SVG document; twice as fine as it is large. */
async function drawSvg(text: string): Promise<HTMLCanvasElement> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const scale = Math.min(2, MOST_PIXELS / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  context.drawImage(image, 0, 0);
  return canvas;
}

/** The entries of a menu that saves the picture which `draw` makes as SVG. */
export function saveItems(name: string, draw: () => string): MenuItem[] {
  return [
    {
      title: "SVG",
      help: "For documents: sharp at any size, its text can be searched",
      act: () => save(new Blob([draw()], { type: "image/svg+xml" }), `${name}.svg`),
    },
    {
      title: "PNG",
      help: "For chats",
      act: () => void drawSvg(draw()).then((canvas) => {
        canvas.toBlob((blob) => blob && save(blob, `${name}.png`), "image/png");
      }),
    },
  ];
}
