// SPDX-License-Identifier: Apache-2.0
// Menus that open at a button or at the mouse, for mouse, keyboard and screen reader alike.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export interface MenuItem {
  title: string;
  help?: string;
  href?: string;
  isCurrent?: boolean;
  isOff?: boolean;
  act?: () => void;
}

/** Moves the focus among the entries of a menu. True if the key was one for that. */
function moveFocus(list: HTMLElement, key: string): boolean {
  const entries = [...list.querySelectorAll<HTMLElement>('[role^="menuitem"]:not([disabled])')];
  const at = entries.indexOf(document.activeElement as HTMLElement);
  const step = key === "ArrowDown" ? at + 1 : key === "ArrowUp" ? at - 1 : -2;
  if (key === "Home") entries[0]?.focus();
  else if (key === "End") entries[entries.length - 1]?.focus();
  else if (step >= -1) entries[(step + entries.length) % entries.length]?.focus();
  else return false;
  return true;
}

function Items({ items, close }: { items: MenuItem[]; close: () => void }) {
  return (
    <>
      {items.map((item) => (
        <button
          key={item.title}
          type="button"
          role={item.isCurrent === undefined ? "menuitem" : "menuitemradio"}
          aria-checked={item.isCurrent}
          title={item.help}
          disabled={item.isOff}
          onClick={() => {
            close();
            item.act?.();
          }}
        >
          <span class="check" aria-hidden="true">
            {item.isCurrent ? "\u2713" : ""}
          </span>
          {item.title}
        </button>
      ))}
    </>
  );
}

/** A button with a menu. */
export function Menu({ title, items, help }: { title: string; items: MenuItem[]; help?: string }) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useDismiss(root, isOpen, () => setOpen(false));
  useEffect(() => {
    if (isOpen) root.current?.querySelector<HTMLElement>('[role^="menuitem"]')?.focus();
  }, [isOpen]);
  const onKey = (event: KeyboardEvent) => {
    if (!isOpen) return;
    if (event.key === "Escape") {
      setOpen(false);
      button.current?.focus();
    } else if (!moveFocus(root.current!, event.key)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="menu" ref={root} onKeyDown={onKey}>
      <button
        type="button"
        ref={button}
        title={help}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {title} <span aria-hidden="true">{"\u25be"}</span>
      </button>
      {isOpen && (
        <div class="menu-list" role="menu" aria-label={title}>
          <Items items={items} close={() => setOpen(false)} />
        </div>
      )}
    </div>
  );
}

/** A button with anything below it. */
export function Panel({ title, help, children }: {
  title: string;
  help?: string;
  children: (close: () => void) => ComponentChildren;
}) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useDismiss(root, isOpen, () => setOpen(false));
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div
      class="menu"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        type="button"
        ref={button}
        title={help}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {title} <span aria-hidden="true">{"\u25be"}</span>
      </button>
      {isOpen && (
        <div class="menu-list panel" role="group" aria-label={title}>
          {children(close)}
        </div>
      )}
    </div>
  );
}

/** A menu at a place of the window. */
export function PopupMenu({ x, y, title, items, close }: {
  x: number;
  y: number;
  title: string;
  items: MenuItem[];
  close: () => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  useDismiss(list, true, close);
  useEffect(() => {
    const element = list.current!;
    const bounds = element.getBoundingClientRect();
    element.style.left = `${Math.max(0, Math.min(x, innerWidth - bounds.width - 8))}px`;
    element.style.top = `${Math.max(0, Math.min(y, innerHeight - bounds.height - 8))}px`;
    element.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
  }, [x, y]);
  return (
    <div
      class="menu-list popup"
      role="menu"
      aria-label={title}
      ref={list}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        else if (!moveFocus(list.current!, event.key)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <div class="menu-title" role="presentation">{title}</div>
      <Items items={items} close={close} />
    </div>
  );
}

/** Closes when something else is clicked. */
function useDismiss(root: { current: HTMLElement | null }, isOpen: boolean, close: () => void) {
  useEffect(() => {
    if (!isOpen) return;
    const onDown = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", onDown);
    return () => document.removeEventListener("pointerdown", onDown);
  }, [isOpen]);
}
