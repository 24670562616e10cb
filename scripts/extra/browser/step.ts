/** One step of the browser check, and what it works with. */
import assert from 'node:assert/strict'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import type { World } from './world.ts'

export type Tour = {
  readonly world: World
  readonly context: BrowserContext
  readonly page: Page
}

export type Step = {
  /** What is true if the step succeeds. */
  readonly name: string
  /** Faults of the browser that the step causes itself. */
  readonly expected?: RegExp
  /** Throws if it is not true. Steps run in their order, and the next one starts where this one ends. */
  readonly run: (tour: Tour) => Promise<void>
}

/** Opens a page of the console by its address, and waits until it shows what it loaded. */
export async function open({ world, page }: Tour, path: string): Promise<void> {
  await page.goto(`${world.console}${path.replace(/^\//, '')}`)
  await settle(page)
}

/** Waits for the heading, and until nothing loads. */
export async function settle(page: Page): Promise<void> {
  await page.locator('h1').waitFor()
  await page.waitForFunction(() => document.querySelector('.loading') === null)
}

export async function hasHeading(page: Page, text: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: text }).waitFor()
}

/** The element with the focus, by its text. */
export async function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
}

const MAX_PRESSES = 60

/** Presses Tab until the element with this text has the focus, which must be visible on our pages. */
export async function tabTo(
  page: Page,
  text: string | RegExp,
  { isOurs = true } = {},
): Promise<void> {
  const isIt = (focused: string) =>
    typeof text === 'string' ? focused === text : text.test(focused)
  for (let presses = 0; presses < MAX_PRESSES; presses += 1) {
    await page.keyboard.press('Tab')
    if (!isIt(await focusedText(page))) continue
    if (isOurs) await hasVisibleFocus(page)
    return
  }
  assert.fail(`Tab does not reach ${text}`)
}

/** Presses Tab until the element has the focus, unless it has it already. */
export async function tabInto(page: Page, element: Locator): Promise<void> {
  for (let presses = 0; presses < MAX_PRESSES; presses += 1) {
    if (await element.evaluate((one) => one === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`Tab does not reach ${element}`)
}

async function hasVisibleFocus(page: Page): Promise<void> {
  const width = await page.evaluate(() => {
    const { activeElement } = document
    if (activeElement === null) return 0
    const { outlineStyle, outlineWidth } = getComputedStyle(activeElement)
    return outlineStyle === 'none' ? 0 : Number.parseFloat(outlineWidth)
  })
  assert.ok(width >= 2, 'the focus is not visible')
}
