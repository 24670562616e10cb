/**
 * Makes the pictures of docs/images from the running console: `node scripts/screenshots.ts`. Needs
 * Chromium, as `npm run check:browser` does. With names as arguments, only those pictures are made.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startChromium } from './extra/browser/chromium.ts'
import { settle } from './extra/browser/step.ts'
import { startWorld } from './extra/browser/world.ts'

const IMAGES = join(import.meta.dirname, '../docs/images')
const WIDTH = 1120
const HEIGHT = 700

/** Jobs whose branches have ordinary names; the last one is a pull request, which is refused. */
const USED_JOBS = [0, 1, 2, 5, 7, 8, 9, 11, 6]
const ROUNDS = 4

type Picture = {
  readonly name: string
  /** Below the URL of the console. */
  readonly path: string
  readonly theme?: 'light' | 'dark'
  readonly prepare?: (page: Page) => Promise<void>
}

const PICTURES: readonly Picture[] = [
  { name: 'overview', path: '' },
  { name: 'overview-dark', path: '', theme: 'dark' },
  { name: 'rules', path: 'rules' },
  { name: 'rule', path: 'rules/deploy-api-from-main' },
  { name: 'decisions', path: 'decisions' },
  {
    name: 'decision',
    path: 'decisions?outcome=denied&reason=no_rule_matched',
    prepare: async (page) => {
      await page.locator('tbody th a').first().click()
      await settle(page)
      await page.getByText('Conditions', { exact: true }).first().click()
    },
  },
]

const asked = process.argv.slice(2)
const browser = await startChromium()
if (browser === undefined) process.exit(1)
const world = await startWorld({ document: { moreRules: 0, isPlain: true } })
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const job of USED_JOBS) await world.run(job)
  }
  const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } })
  await page.goto(world.console)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByText('ada').first().click()
  await settle(page)
  mkdirSync(IMAGES, { recursive: true })
  for (const { name, path, theme = 'light', prepare } of PICTURES) {
    if (asked.length > 0 && !asked.includes(name)) continue
    await page.emulateMedia({ colorScheme: theme })
    await page.goto(`${world.console}${path}`)
    await settle(page)
    await prepare?.(page)
    await page.screenshot({ path: join(IMAGES, `${name}.png`) })
    console.log(`docs/images/${name}.png`)
  }
} finally {
  await browser.close()
  await world.stop()
}
