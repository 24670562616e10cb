/** The theme: that of the system, light, or dark. The browser remembers the choice. */
import { createStore } from './store.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'edgemint-theme'

export const theme = createStore<Theme>('system')

export function applyStoredTheme(): void {
  const stored = THEMES.find((name) => name === readStored())
  show(stored ?? 'system')
}

export function chooseTheme(chosen: Theme): void {
  try {
    localStorage.setItem(KEY, chosen)
  } catch {
    // A browser may forbid storage. The choice then holds until the page is closed.
  }
  show(chosen)
}

function show(chosen: Theme): void {
  const { dataset } = document.documentElement
  if (chosen === 'system') delete dataset.theme
  else dataset.theme = chosen
  theme.set(chosen)
}

function readStored(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}
