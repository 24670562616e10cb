/** Runs axe-core on a page in both themes, and holds the page against a narrow and a zoomed window. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const OPTIONS: RunOptions = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  resultTypes: ['violations'],
}

/** Returns one line for each element with a fault. */
export async function findAxeFaults(page: Page): Promise<readonly string[]> {
  const faults: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // The policy of the page does not apply to what the debugger evaluates.
    await page.evaluate(AXE)
    const results = await page.evaluate(
      (options) =>
        (window as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run(
          options,
        ),
      OPTIONS,
    )
    for (const { id, nodes } of results.violations) {
      for (const { target, failureSummary = '' } of nodes) {
        const summary = failureSummary.replaceAll('\n', ' ')
        faults.push(`axe ${id} (${colorScheme}) at ${target.join(' ')}: ${summary}`)
      }
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  return faults
}

/** Widths in CSS pixels: the narrowest of WCAG 1.4.10, and a window of 1280 at 200 %. */
const WIDTHS = [320, 640]

/** A page must not scroll sideways. A table does, inside of its region. */
export async function findWidthFaults(page: Page): Promise<readonly string[]> {
  const before = page.viewportSize() ?? { width: 1280, height: 800 }
  const faults: string[] = []
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 })
    const scrolled = await page.evaluate(() => document.documentElement.scrollWidth)
    if (scrolled > width) faults.push(`${scrolled} px wide in a window of ${width} px`)
  }
  await page.setViewportSize(before)
  return faults
}
