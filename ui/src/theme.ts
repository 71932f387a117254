// SPDX-License-Identifier: Apache-2.0
// Dark or light: as the system says, until somebody chooses.

import { computed, effect, signal } from "@preact/signals";

const KEY = "plumb-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(system.matches);
system.addEventListener("change", () => {
  systemIsDark.value = system.matches;
});

function stored(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

const choice = signal(stored());

export const isDark = computed(() => {
  return choice.value === "" ? systemIsDark.value : choice.value === "dark";
});

export function toggleTheme(): void {
  choice.value = isDark.value ? "light" : "dark";
  try {
    localStorage.setItem(KEY, choice.value);
  } catch {
    // It holds for this page then.
  }
}

effect(() => {
  document.documentElement.dataset.theme = isDark.value ? "dark" : "light";
});
